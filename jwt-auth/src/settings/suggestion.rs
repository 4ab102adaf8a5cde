//! The setting that somebody meant.

use super::refused;
use super::table::TABLE;

/// The known name nearest to `name`, when it is near enough to have been meant.
pub(super) fn suggest(name: &str) -> Option<String> {
    // Longer than any setting's name, and the work below grows with the length.
    if name.len() > 64 {
        return None;
    }
    let files = TABLE.iter().filter(|row| row.set_from_file.is_some()).map(|row| format!("{}_file", row.name));
    let names = TABLE.iter().map(|row| row.name).chain(refused::names()).map(str::to_owned);
    let name = name.trim();
    let near = names.chain(files).filter_map(|known| {
        let most = (known.len() / 3).min(4);
        // Nearer than their lengths no two texts are.
        let may_be_near = known.len().abs_diff(name.chars().count()) <= most;
        let away = may_be_near.then(|| distance(name, &known))?;
        (away <= most).then_some((away, known))
    });
    near.min().map(|(_, known)| known)
}

/// How many characters must be put in, left out, exchanged or swapped with their neighbour (optimal string alignment).
pub(super) fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut table = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            table[i][j] = match (i, j) {
                (0, edge) | (edge, 0) => edge,
                _ => {
                    let differs = usize::from(from[i - 1] != to[j - 1]);
                    let one = (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + differs);
                    let swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                    if swapped { one.min(table[i - 2][j - 2] + 1) } else { one }
                }
            };
        }
    }
    table[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_slips() {
        for (from, to, away) in
            [("", "abc", 3), ("abc", "abc", 0), ("abc", "ab", 1), ("abc", "acb", 1), ("abc", "xbz", 2), ("ab", "", 2)]
        {
            assert_eq!(distance(from, to), away, "{from} {to}");
        }
    }

    #[test]
    fn suggests_what_is_near_only() {
        assert_eq!(suggest("leway").as_deref(), Some("leeway"));
        assert_eq!(suggest("leeway ").as_deref(), Some("leeway"));
        assert_eq!(suggest("singing_key_file").as_deref(), Some("signing_key_file"));
        assert_eq!(suggest("acess_token_lifetime").as_deref(), Some("access_token_lifetime"));
        assert_eq!(suggest("frobnicate"), None);
        assert_eq!(suggest(&"leeway".repeat(50)), None);
    }
}
