//! Cookies by which a user's device is known again, long after its session.

use super::csrf_keys::own_keys;
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::secret::Secret;
use crate::settings::Settings;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::{hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use std::time::Duration;

/// Makes and checks the values of device cookies: the name of the device, the end of its time, and a signature over both and the user. A
/// device is known to one user; it opens nothing, and only gives the password a count of its own.
pub(crate) struct DeviceKeys {
    /// The first one makes them, all check them.
    keys: Vec<hmac::Key>,
}

/// The name of a device.
pub(crate) type DeviceId = [u8; 16];

impl DeviceKeys {
    /// How long a device is known. Browsers keep no cookie for longer than 400 days.
    pub(crate) const LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

    /// Of these settings; none without a signing key.
    pub(crate) fn of(settings: &Settings) -> Option<Self> {
        Some(Self { keys: own_keys(settings, b"jwt-auth device 1")? })
    }

    /// A new device of this user.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the operating system has no random numbers to give.
    pub(crate) fn cookie(&self, user_id: &str, now: Timestamp) -> Result<Secret, StoreError> {
        let mut id = DeviceId::default();
        rand::fill(&mut id).map_err(StoreError::unavailable)?;
        let end = now.after(Self::LIFE).seconds().to_be_bytes();
        let key = self.keys.first().ok_or(StoreError::unavailable(Unspecified))?;
        let mac = hmac::sign(key, &signed(&id, end, user_id));
        let value = [&id[..], &end[..], mac.as_ref()].concat();
        Ok(URL_SAFE_NO_PAD.encode(value).into())
    }

    /// The device of this user that a cookie names; none where it is another's, or its time is over.
    pub(crate) fn device(&self, cookie: &str, user_id: &str, now: Timestamp) -> Option<DeviceId> {
        let value = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let (id, rest) = value.split_first_chunk::<16>()?;
        let (end, mac) = rest.split_first_chunk::<8>()?;
        let is_signed = self.keys.iter().any(|key| hmac::verify(key, &signed(id, *end, user_id), mac).is_ok());
        (is_signed && now < Timestamp::from_seconds(u64::from_be_bytes(*end))).then_some(*id)
    }
}

/// Name and end are of one length each, so no two are one text.
fn signed(id: &DeviceId, end: [u8; 8], user_id: &str) -> Vec<u8> {
    [&id[..], &end[..], user_id.as_bytes()].concat()
}

impl fmt::Debug for DeviceKeys {
    /// Without the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceKeys").field("len", &self.keys.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::DeviceKeys;
    use crate::clock::Timestamp;
    use crate::settings::Settings;

    const OLD: &str = "an older secret, which is 32 bytes and more";
    const NEW: &str = "a newer secret, which is 32 bytes and more";
    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn keys(signing: &str, fallback: &[&str]) -> DeviceKeys {
        let fallback_keys = fallback.iter().map(|key| (*key).into()).collect();
        DeviceKeys::of(&Settings { fallback_keys, ..Settings::new(signing) }).expect("a signing key")
    }

    #[test]
    fn a_device_is_known_to_its_user_for_its_time() {
        let keys_of_old = keys(OLD, &[]);
        let cookie = keys_of_old.cookie("7", NOW).expect("random");
        let cookie = cookie.expose();
        let id = keys_of_old.device(cookie, "7", NOW).expect("known");
        assert_eq!(keys(NEW, &[OLD]).device(cookie, "7", NOW), Some(id), "a changed key");
        let last = NOW.after(DeviceKeys::LIFE);
        assert_eq!(keys_of_old.device(cookie, "7", last.before(std::time::Duration::from_secs(1))), Some(id));
        for nobody in [
            keys_of_old.device(cookie, "8", NOW),
            keys_of_old.device(cookie, "", NOW),
            keys_of_old.device(cookie, "7", last),
            keys(NEW, &[]).device(cookie, "7", NOW),
            keys_of_old.device(&cookie[1..], "7", NOW),
            keys_of_old.device(&format!("{cookie}A"), "7", NOW),
            keys_of_old.device("", "7", NOW),
            keys_of_old.device(&"A".repeat(75), "7", NOW),
        ] {
            assert_eq!(nobody, None);
        }
        let another = keys_of_old.cookie("7", NOW).expect("random");
        assert_ne!(keys_of_old.device(another.expose(), "7", NOW), Some(id));
    }
}
