//! The rules, drawn by chance from the grammar and kept: three hundred that no caller without grants satisfies.

use super::{Other, Perm, mount_rules};
use axum::Router;
use axum::routing::get as plain;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{IsAdminUser, JwtAuth, rule};
use jwt_auth_tests::Account;

pub(crate) fn all_rules() -> (GuardedRouter<JwtAuth<Account>>, Vec<String>) {
    mount_rules! {
        { role("site admin") }
        { (!(!(role("r") || Perm::C))) && (scope("b:c") || (!Perm::C && (IsAdminUser || role("site admin")))) }
        { !scope("a") && scope("a") && (Perm::A || role("r")) || role("r") && (scope("a") && Other::D || !Perm::B) && !Perm::A && (Perm::C && Perm::A) }
        { Perm::A || (scope("a") && (role("site admin"))) }
        { Other::D }
        { role("r") || (role("site admin")) && !(role("site admin") && (role("site admin")) || !IsAdminUser) }
        { (role("site admin") && !scope("b:c") && (role("r") && Perm::C)) || IsAdminUser }
        { Perm::A && !(!(!Other::D)) }
        { !(((IsAdminUser && Perm::C) || !role("r")) || role("site admin") || !role("r")) }
        { Perm::B && !(!IsAdminUser) }
        { scope("b:c") }
        { ((!(Other::D && Perm::A)) && ((!role("site admin")) && scope("a") || Perm::B)) && Perm::B && !(!scope("a")) }
        { Perm::A }
        { (!((Perm::C && scope("a")) || (Perm::A || Perm::B))) && (role("site admin") || scope("a")) }
        { role("site admin") && !(!role("r")) && (IsAdminUser || scope("a") && IsAdminUser && Perm::C) }
        { ((IsAdminUser || (role("site admin"))) && scope("b:c") && scope("a")) && (Other::D || role("r")) && Perm::C && scope("b:c") || role("site admin") }
        { ((!scope("a") && Perm::A || Perm::C) && (Perm::C || Other::D && (Perm::A || Perm::B))) && !(Perm::A && scope("b:c") && IsAdminUser) }
        { !(Perm::B && role("site admin") || scope("b:c") && role("r")) && (!(!IsAdminUser) || (IsAdminUser && (role("site admin")) && !Perm::A)) }
        { (((scope("a") && Perm::C) && Perm::C) || scope("b:c")) || role("r") }
        { IsAdminUser || scope("b:c") && !Perm::C && (!scope("a") || Other::D && (role("site admin"))) && (!((Perm::B || scope("a")) || role("r") || Perm::A)) }
        { (Perm::A && Perm::C && IsAdminUser) && scope("b:c") || scope("a") }
        { Perm::B }
        { !(role("r") || !Perm::C) }
        { IsAdminUser || role("r") && Perm::C && role("site admin") || scope("b:c") }
        { scope("a") }
        { !(!(!Perm::B)) && (role("r") || scope("b:c") && (IsAdminUser || Perm::B && !Perm::C)) }
        { !((scope("a") && Perm::C) || Perm::C) && Other::D }
        { (scope("a") && scope("a") && scope("a") || !Perm::B) && !((!role("site admin")) && !role("r")) }
        { !(!(scope("b:c") || scope("b:c"))) }
        { Perm::C && (Perm::B || scope("b:c") || (role("r") || Perm::C) || (Other::D && role("site admin")) || Perm::B) }
        { Perm::C }
        { ((!(Perm::C && Perm::A)) && scope("b:c") || role("r") && scope("b:c") || scope("b:c")) || (!role("r") && (role("r") || Other::D)) && scope("a") }
        { role("r") && !role("r") && !scope("a") || ((IsAdminUser && IsAdminUser) || (Perm::A || Other::D)) }
        { scope("b:c") && (!(!Perm::C || IsAdminUser && Other::D)) }
        { !(!Other::D || Perm::C || role("r") && ((Perm::A || Other::D) || (scope("b:c") || Perm::B))) }
        { !(!(scope("b:c") || Perm::B)) && (IsAdminUser || Perm::C) && !Perm::A && !Perm::C && !Other::D }
        { Other::D && !(!role("r") || (!role("site admin"))) }
        { Perm::C && (!((Perm::C || Perm::A) || Perm::C || role("r"))) }
        { !Perm::A && IsAdminUser && scope("a") || Perm::A || scope("b:c") }
        { Perm::C || scope("a") || (!(!role("site admin"))) && !(!IsAdminUser) }
        { (!((role("site admin")) || Perm::A) && !(Other::D && scope("b:c"))) && Perm::C && !(!Other::D) }
        { !(!Perm::B || !Perm::C) || (scope("b:c") || (IsAdminUser && role("r")) && (IsAdminUser && IsAdminUser || Other::D || Perm::A)) }
        { (!scope("b:c") && IsAdminUser || !(!IsAdminUser)) && Other::D }
        { (IsAdminUser && (Perm::C && scope("b:c")) && role("site admin")) || ((role("site admin")) && IsAdminUser || role("site admin")) || scope("b:c") }
        { (((Perm::C && Perm::B) || !IsAdminUser) && Perm::A || Other::D && (scope("b:c") || role("r"))) && !((IsAdminUser && Other::D) && !role("r")) }
        { IsAdminUser }
        { ((IsAdminUser && Other::D && role("r")) || !role("site admin") && Perm::B || Perm::A) || !role("r") && Perm::C }
        { Perm::B && (!(Perm::A && Perm::A)) && scope("a") || Other::D && role("site admin") && scope("a") }
        { IsAdminUser && ((role("r") || role("r")) || (IsAdminUser && Perm::B) || (!(role("r") && scope("a")))) }
        { ((role("site admin") || role("r") || (Perm::B || role("site admin"))) || role("site admin") && (IsAdminUser && Other::D)) && !role("site admin") }
        { !((Perm::C && IsAdminUser || !scope("b:c")) && (!(Perm::C || Other::D))) }
        { role("site admin") && !(!Perm::A) && (Perm::B || scope("a") && role("site admin")) }
        { ((Perm::C || !Perm::B) || ((IsAdminUser || scope("a")) && (Perm::A || Perm::A))) && (role("site admin")) }
        { (Perm::C && !(!role("site admin"))) || role("r") && Other::D && role("site admin") || !(!Other::D) }
        { ((role("r") || Other::D) || Other::D || (role("site admin")) && (!(IsAdminUser || Other::D))) && Perm::C }
        { scope("a") && (!Other::D || (Perm::C || Perm::B) || scope("a")) }
        { ((!(role("r") || role("r"))) && !(!Other::D)) && !IsAdminUser || (role("r") || IsAdminUser) && !(IsAdminUser && scope("b:c")) }
        { !(!IsAdminUser || !IsAdminUser) && (!((scope("a") || Perm::A) || scope("a") && Perm::A)) }
        { scope("a") && !scope("a") || (Other::D && Other::D) && !(Perm::C || (role("site admin")) && (scope("b:c") && Other::D)) }
        { IsAdminUser || Perm::B }
        { !(!IsAdminUser) }
        { Other::D && Other::D && Other::D && Perm::C && (role("site admin")) || (role("site admin")) }
        { (Perm::B && Perm::C) || Other::D && IsAdminUser && !(Perm::A || Perm::A) || ((scope("b:c") && (scope("b:c") || Perm::B)) || role("r")) }
        { ((Perm::C && IsAdminUser) || scope("a") && scope("a")) && (Perm::A && scope("a")) || Perm::C || !(!role("site admin") || !IsAdminUser) }
        { Perm::C && (Perm::C || (!(scope("a") && Perm::B))) }
        { (!(!Perm::C) || (Perm::A || scope("b:c")) && Other::D) || ((Perm::A || Perm::C && Perm::B) && (IsAdminUser || scope("a") && IsAdminUser || Perm::C)) }
        { role("site admin") || role("site admin") && scope("b:c") || Perm::A && (!(Other::D && Other::D)) || role("r") && (role("site admin")) }
        { (scope("a") || scope("a") && Other::D) && scope("b:c") && IsAdminUser || role("site admin") && IsAdminUser && scope("b:c") }
        { (Perm::A || Other::D) && Perm::A && (Perm::B || Perm::B && (scope("a") || scope("b:c"))) }
        { !(Other::D && Other::D || scope("a")) && (!(!Perm::B) || !(!scope("a"))) }
        { (!(!role("r")) || (role("r") && Perm::B && (IsAdminUser && IsAdminUser))) && (!(IsAdminUser && scope("a") || scope("a") && Perm::A)) }
        { (!((Perm::C && Perm::A) && (Perm::B || scope("b:c")))) && scope("b:c") }
        { (Other::D || role("r")) && (Other::D || Perm::A) }
        { !(!Perm::B) && (!IsAdminUser || !Perm::A) }
        { !Perm::A && (Perm::C || IsAdminUser) && (scope("b:c") && Perm::B || Perm::C && Perm::C) || Perm::C && scope("a") && (IsAdminUser || role("site admin")) && ((Perm::C && role("site admin")) && scope("b:c") && Other::D) }
        { (role("r") && role("r") || Other::D || Perm::A) && (Other::D || Perm::A && IsAdminUser) }
        { IsAdminUser || Perm::B || scope("a") }
        { (!(scope("a") || role("r")) || Perm::B || scope("b:c")) && !(!(!role("site admin"))) && ((Perm::B || role("r")) && (scope("a") && Perm::B) || Other::D) }
        { Perm::C && (role("site admin") || role("r") || (Perm::C && scope("b:c"))) }
        { (Perm::B && scope("a")) && scope("b:c") && IsAdminUser && role("r") && role("site admin") && Perm::A && !(!(Other::D || IsAdminUser)) }
        { Perm::A && !Perm::A && role("site admin") && scope("a") && (role("r") && Other::D || role("site admin") && IsAdminUser) }
        { !(Other::D && Perm::C) && ((scope("a") || Perm::B) || Perm::A || scope("b:c")) }
        { !Perm::C && IsAdminUser && scope("b:c") && (role("r") && Perm::C || (IsAdminUser && scope("a"))) }
        { IsAdminUser && IsAdminUser || role("site admin") || Perm::C }
        { Perm::A && (Other::D && Other::D || Perm::C && Perm::C) }
        { (scope("b:c") && role("r") && Perm::B) && (!Perm::A && (role("site admin") || Perm::C)) || role("r") }
        { ((Perm::C || Other::D) && !role("site admin") || role("site admin") && IsAdminUser && Other::D) && role("site admin") }
        { (Perm::A && scope("b:c")) && (scope("a") && Other::D) && (Perm::A && Perm::B || !role("site admin")) }
        { (scope("b:c") && Other::D || Perm::A) && ((scope("a") || Other::D) && !role("r")) }
        { (!role("r") || (Perm::A && Perm::A)) && scope("a") && ((!role("r") || (role("site admin") || role("r"))) && ((scope("b:c") || scope("a")) || (IsAdminUser || IsAdminUser))) }
        { Perm::B && (scope("b:c") || role("site admin") || role("site admin") && Perm::A) && (Perm::A && Perm::A || (Other::D && scope("a"))) && (Perm::A || role("r")) && (role("r") || Perm::A) }
        { (Perm::A || IsAdminUser) && Perm::A && Perm::A && (Perm::C || role("site admin")) && (scope("a") || IsAdminUser) }
        { role("site admin") && IsAdminUser && Other::D && IsAdminUser && (Perm::B && role("r")) && !IsAdminUser }
        { (role("r") || IsAdminUser) && Other::D }
        { Perm::C && ((IsAdminUser && Perm::A) && !role("site admin") || Perm::C && role("site admin") || role("site admin") && scope("a")) }
        { role("r") && (!Other::D && Perm::C && ((scope("b:c") || role("site admin")) || (role("site admin") && Perm::C) || ((scope("b:c") || role("r")) && (role("site admin") && IsAdminUser)))) }
        { role("site admin") && (!Perm::C && !scope("b:c")) }
        { (IsAdminUser || (Perm::C && scope("b:c"))) || (scope("a") || Perm::B) && (role("r") && scope("b:c")) }
        { IsAdminUser && role("site admin") }
        { ((Perm::C && Other::D) || !IsAdminUser) && scope("b:c") && scope("b:c") && (role("r") && role("r")) }
        { !(role("site admin") || Perm::C) && (scope("b:c") && (scope("b:c") || Perm::B)) }
        { role("site admin") && Perm::A && (role("site admin") || Other::D) && Other::D && !scope("b:c") }
        { scope("b:c") || IsAdminUser || Perm::C && Perm::A || role("site admin") }
        { !Perm::B && scope("a") || role("r") }
        { role("r") || role("site admin") || Other::D && Other::D }
        { (scope("b:c") || Perm::A || (Perm::A || Perm::C) && (role("r") || Perm::C) || Perm::C || role("site admin") || Perm::A) && (!(Perm::B && role("r")) && IsAdminUser || !(!(Perm::B || role("site admin")))) }
        { !((IsAdminUser && scope("a")) && (Perm::B || scope("a")) && scope("a") && role("site admin") && scope("b:c") && Perm::B) && !(!(IsAdminUser || Other::D) || ((Perm::C || role("r")) || Perm::A)) }
        { (scope("b:c") && role("site admin") && role("r") && scope("a")) && (role("r") && IsAdminUser || !role("site admin")) }
        { (!Other::D && (Perm::A || role("site admin"))) && scope("a") }
        { (Perm::C && scope("a") || (role("site admin") || scope("a"))) && !IsAdminUser && role("site admin") && scope("a") }
        { (((scope("b:c") && Other::D) && Other::D) || scope("b:c")) && (!Perm::B && (Perm::A && role("site admin") || !Perm::A)) }
        { !(Perm::A && !role("r") || Perm::C || scope("b:c") || !Perm::C) }
        { role("r") || role("site admin") || (scope("a") && scope("a")) }
        { Perm::A && Perm::B && role("site admin") && role("r") }
        { (Perm::C || (IsAdminUser || Perm::C)) && !(!Perm::C) }
        { Perm::C && Perm::B && (role("r") || Perm::B) || ((role("site admin") && Other::D) || Perm::C && Perm::C) }
        { !Perm::A && scope("a") || (scope("a") && !(!Perm::C)) }
        { (IsAdminUser && Perm::C || role("r") && scope("b:c")) || (Perm::A || Perm::B) && (Perm::A || Perm::C) }
        { ((IsAdminUser && Perm::B) && (role("r") && Perm::B)) && ((Perm::A || Perm::A) || Perm::C || role("r")) }
        { (!(scope("b:c") || scope("a")) && !(Other::D && role("r"))) && IsAdminUser || Perm::A }
        { !(!(Perm::C || scope("b:c"))) }
        { !(role("r") && role("site admin") && role("r") && IsAdminUser) && !(!(scope("a") && scope("b:c"))) }
        { (Perm::B && Perm::C && scope("a")) && ((Perm::A || scope("b:c")) && role("site admin")) || (role("site admin") && (Perm::A && Perm::B || Perm::B || role("site admin"))) }
        { scope("a") || (!Perm::C && scope("a") && Perm::C && !(Perm::A || Perm::A) || role("site admin") && ((scope("a") && scope("a")) && IsAdminUser && role("site admin"))) }
        { (role("site admin") || role("r")) && (Perm::A && Perm::C) || (IsAdminUser || Perm::B) || scope("a") }
        { !((role("r") || Perm::A) && (scope("a") || Perm::C)) && role("site admin") && (!(!(Other::D || Perm::C)) && ((role("r") || Perm::B || Other::D) || Perm::A)) }
        { ((!Perm::C && (role("r") && scope("a"))) || !role("site admin") || Perm::B && role("r")) && IsAdminUser }
        { (role("r") || IsAdminUser || IsAdminUser && scope("b:c")) && (!Perm::C || Other::D || scope("b:c")) }
        { (scope("b:c") || Perm::B) || Other::D || role("site admin") }
        { Perm::A || (Perm::C || role("site admin") || (Perm::B || scope("a"))) }
        { !(!(!Perm::B && !Perm::B)) && !(!(!role("r")) || !role("r")) }
        { (Perm::A && Perm::C) && (Other::D || scope("b:c")) }
        { (Perm::A && !Perm::A) || (Other::D || IsAdminUser) || (Perm::C || scope("a")) }
        { (IsAdminUser || IsAdminUser) && (IsAdminUser && scope("a")) && (IsAdminUser || IsAdminUser || Other::D || scope("b:c")) || role("site admin") }
        { (role("r") && role("r")) && !Perm::B }
        { Perm::C && (Perm::A || (Perm::C || role("r"))) }
        { !(((Perm::C || Other::D) && (Perm::A && scope("a")) && (role("site admin") && Perm::A || Perm::C || scope("b:c"))) || !((Perm::A || Other::D) && (scope("a") && role("site admin")))) }
        { ((scope("b:c") && scope("a")) || (scope("b:c") || scope("a"))) && !Other::D && (IsAdminUser || Perm::B) && (!Other::D || !role("site admin") || Perm::B && Perm::C && !scope("b:c")) }
        { (Other::D || role("site admin")) && (role("r") || Perm::A) }
        { (!scope("a") || Perm::A && scope("a") || (Other::D || Perm::B || Other::D)) && !Perm::C && (Perm::B || role("r")) && Other::D }
        { (role("r") || Perm::B || Perm::B || role("r")) && (Perm::C || scope("a")) && (scope("b:c") || Other::D) }
        { ((role("site admin") || IsAdminUser) && (IsAdminUser && role("site admin")) || !(!role("site admin"))) && (scope("a") && role("site admin") && (role("site admin") || Other::D) || !(IsAdminUser && Perm::C)) }
        { (((scope("a") || scope("b:c")) && !role("r")) || !Perm::B && (scope("a") || role("site admin"))) && ((Perm::A || Perm::A) || (Perm::A && scope("a")) || !Other::D && (role("r") || scope("b:c"))) }
        { ((!(!Perm::C) || !Perm::C && Other::D) && ((IsAdminUser && Perm::C) && (Perm::A || IsAdminUser) || scope("b:c"))) && (!((scope("a") || IsAdminUser) || scope("a") || scope("b:c")) || IsAdminUser || role("r")) }
        { role("r") || role("r") || Other::D || role("site admin") && Perm::B }
        { Perm::C && (IsAdminUser || Perm::B) && (Perm::C || Perm::B) }
        { (Perm::B && role("site admin") || (IsAdminUser || Other::D)) && (Perm::C && !role("r")) && ((Perm::A || IsAdminUser) && !Perm::C && role("site admin") && scope("b:c") && !Perm::B) }
        { !((!(IsAdminUser && role("r")) || role("r")) || (role("site admin") || Other::D) && (scope("b:c") || role("r")) && role("r")) }
        { (((Other::D || role("site admin")) && !role("site admin")) || !Other::D || (Other::D || Perm::A)) && (Perm::A || (Perm::B || role("r")) || Perm::A && Other::D) }
        { !((!(role("site admin") || IsAdminUser) || role("site admin")) && !(Perm::C && scope("a") && (Perm::B && Perm::A))) }
        { !(!scope("a") || scope("a") && Perm::A) }
        { (!(!(scope("a") && role("site admin"))) || role("site admin")) || !(!(scope("a") && Other::D) || !(scope("a") && role("r"))) }
        { ((Other::D && role("r")) && (role("r") || Perm::A) && (!scope("a") || Perm::A)) && !Perm::C && Perm::B && scope("a") && role("site admin") }
        { !(!(Other::D || (Perm::C || Perm::B))) }
        { (!scope("a") && (scope("a") || scope("a") && scope("a") && (Perm::C && IsAdminUser))) || !((scope("a") || role("r")) && (scope("a") && role("site admin"))) && (scope("a") || (Other::D || Other::D) && (scope("b:c") && role("r"))) }
        { role("site admin") || (!Other::D && (IsAdminUser && role("site admin"))) && (Perm::A || role("site admin")) && (role("r") || scope("a")) || role("r") || (Other::D && role("site admin") || (role("site admin") || Perm::C)) }
        { !(!scope("b:c")) || (Perm::C && scope("a") || IsAdminUser) }
        { ((Perm::B && Perm::B || !IsAdminUser) && ((Other::D || scope("a")) && !Other::D)) && (IsAdminUser || role("r") || Perm::A && Perm::B || Other::D && Perm::C && (Perm::C && scope("b:c"))) }
        { !(role("r") && !(role("site admin") && Perm::C)) && ((scope("a") || Perm::B) || scope("a") && role("r")) && !(!IsAdminUser) && !(Other::D && role("r") && (scope("b:c") || Other::D)) }
        { !scope("a") && (Other::D || Other::D) }
        { (Other::D || scope("b:c")) && Perm::A }
        { scope("b:c") && ((Perm::B || Perm::A) && (Other::D || Other::D)) && (role("r") && IsAdminUser && (scope("b:c") || IsAdminUser) || (scope("a") && scope("a")) && Other::D && role("r")) }
        { (Perm::A && role("r") && (Perm::B || Perm::A) && (Other::D && role("r")) && (Perm::C || Perm::C)) && (Perm::B || scope("a")) && (Other::D || Other::D) && (!role("r") && (IsAdminUser || scope("a"))) }
        { !((role("r") || role("site admin")) && Other::D) && ((IsAdminUser || scope("a")) && scope("a") && Perm::C || (role("r") && Perm::B) && (scope("b:c") || role("r"))) }
        { ((Perm::C && IsAdminUser) || (Perm::C || scope("a")) || Perm::B && Perm::C || scope("b:c")) && !(role("site admin") && Perm::B) && Perm::B && Perm::B && (scope("b:c") && IsAdminUser) }
        { (Other::D && Other::D && (Other::D || Other::D)) && (Perm::C || scope("b:c") || role("r")) || (Perm::B || role("r")) || scope("a") && Perm::C || scope("b:c") && Other::D && Perm::A && role("site admin") }
        { ((role("site admin") || role("r")) || Other::D || scope("b:c")) && !Perm::C && IsAdminUser && role("r") }
        { Perm::C && !(!role("site admin")) }
        { (role("site admin") || IsAdminUser) && Perm::C }
        { ((Other::D || Perm::C) && (IsAdminUser || Other::D)) || !role("site admin") && scope("a") }
        { role("r") || scope("a") || role("r") || role("site admin") || Other::D || Perm::B && (Perm::A && scope("a")) && (Perm::A || IsAdminUser) && IsAdminUser && Other::D }
        { (Perm::B || scope("a")) || scope("b:c") }
        { scope("a") && (Perm::A && Other::D || (scope("b:c") && IsAdminUser) && (scope("a") && role("r"))) }
        { Perm::A && !((Perm::B && scope("b:c")) || scope("a") || scope("b:c") || (scope("b:c") && Perm::C && role("r") && Perm::B)) }
        { !(role("site admin") || scope("a")) && ((IsAdminUser && Perm::B) || Perm::A) && (role("site admin") || (Perm::A || Other::D)) && !(Other::D || Perm::A) }
        { !(!Perm::C) && Perm::B && scope("a") && (role("r") || Other::D) || role("r") }
        { (IsAdminUser || Perm::C) && (Perm::A || Perm::A) && (scope("a") && IsAdminUser || Perm::C && role("r")) }
        { role("r") }
        { role("r") && (Perm::B || Perm::B || (Perm::B && scope("a"))) || (!(!Perm::A) || (scope("b:c") || scope("b:c")) && (scope("a") || IsAdminUser)) }
        { !(IsAdminUser && IsAdminUser || !Perm::C) }
        { scope("b:c") && IsAdminUser && (IsAdminUser || role("site admin")) }
        { Perm::C && !((role("r") || IsAdminUser) && !scope("a") || !role("r") && (IsAdminUser || Other::D)) }
        { (role("site admin") || Perm::C && Perm::A || Perm::A) || scope("a") }
        { ((scope("b:c") && role("r")) || role("r")) && (Perm::C && Perm::B || role("site admin") || Perm::A) || IsAdminUser }
        { IsAdminUser && role("site admin") && role("r") }
        { (Perm::C || scope("a")) && (Perm::B || Perm::C) }
        { scope("a") && Perm::C || IsAdminUser && Perm::C }
        { (!(!(Perm::C || scope("a"))) || scope("a") && (Other::D || scope("b:c")) || Perm::B && role("site admin") || (role("site admin") || role("r"))) && !(!((Other::D || scope("a")) && !Other::D)) }
        { (scope("a") || IsAdminUser) && scope("b:c") && IsAdminUser }
        { Perm::C || IsAdminUser || Perm::C }
        { !(!Other::D) }
        { role("site admin") && (Perm::C || Perm::A) && (scope("a") && role("r") || !Perm::B) }
        { !(!(Perm::B && role("site admin"))) }
        { !((role("site admin") && IsAdminUser) || !scope("a")) }
        { (scope("a") && IsAdminUser && Other::D && IsAdminUser || scope("a") && scope("a") || !scope("b:c")) && (!(!scope("b:c")) || Perm::C && !IsAdminUser) }
        { !scope("b:c") && (((scope("a") && Perm::C) || (scope("a") && Perm::C)) && ((Perm::C && IsAdminUser) || (scope("b:c") && Perm::A))) }
        { IsAdminUser || Perm::B || scope("a") || Perm::B }
        { (role("site admin") || role("site admin")) && (scope("b:c") || role("site admin")) && ((role("site admin") || scope("b:c")) || !IsAdminUser) }
        { ((!role("site admin") || !Perm::C) || Perm::C) && ((Perm::A || Other::D) || Perm::B || scope("b:c")) && ((Other::D || Other::D) || Other::D) }
        { ((Perm::B && scope("a")) && (Perm::B && Other::D) || scope("b:c") || (IsAdminUser || scope("a"))) && ((scope("b:c") && scope("a") || role("site admin")) && ((role("site admin") || scope("a")) && role("site admin"))) }
        { ((scope("a") || Perm::A) && !Perm::A) || (scope("a") && scope("a")) && Other::D || Perm::B && (Perm::C || role("r")) || ((role("site admin") || IsAdminUser) || Perm::A) }
        { role("site admin") || ((role("site admin") || Perm::A) && scope("a")) || (Perm::C || scope("b:c")) && !role("site admin") }
        { Perm::A || IsAdminUser || Other::D && role("site admin") }
        { !(!Perm::C) }
        { Perm::B || Perm::B || Perm::B || Perm::A && Other::D || (role("site admin") && scope("b:c") && (Perm::B || role("site admin"))) }
        { (((Perm::A || role("r")) || Other::D || IsAdminUser && IsAdminUser || (role("site admin") && Perm::C)) || !(scope("a") || scope("a") || (Perm::B || IsAdminUser))) && (Perm::C && scope("a")) }
        { (scope("b:c") || scope("b:c")) || role("r") || role("site admin") }
        { Perm::B || (Perm::B || Other::D) }
        { (Other::D || Other::D) && Other::D && Other::D }
        { role("site admin") || !(role("r") && Other::D && role("site admin") && Perm::A) && (Perm::C && Perm::A || (IsAdminUser || Other::D) || scope("b:c") && Perm::B && (Perm::A && scope("b:c"))) }
        { (Perm::C || role("r") || role("r")) && (scope("b:c") || Perm::B) && (scope("b:c") && role("r")) }
        { ((Perm::A && role("site admin")) || (Perm::A || Perm::A)) && (!Perm::B || !scope("b:c")) && (IsAdminUser || role("r") || scope("b:c") || Other::D || Perm::A || Perm::B || scope("b:c")) }
        { (IsAdminUser && Perm::C && (Other::D || scope("a"))) && Perm::A && scope("b:c") && (Perm::B && role("r")) }
        { ((scope("a") && Other::D || Perm::B && Perm::A) && (scope("a") || (Other::D && Perm::C)) || scope("a")) && Perm::A }
        { (Perm::C && scope("a")) && (Perm::A && scope("b:c")) }
        { (Perm::B || role("r")) && (Perm::A || Perm::A) }
        { (scope("b:c") && (IsAdminUser && Perm::C || (scope("b:c") && Perm::A) || (IsAdminUser || Other::D) || Perm::C && role("r"))) && Perm::C }
        { scope("b:c") && (!role("site admin") && !scope("b:c")) }
        { !(!(role("r") && Perm::B && (role("site admin") || role("r")))) && (!(IsAdminUser || scope("a")) || scope("a") && role("r") || Perm::B) && (Perm::C || Perm::C || scope("b:c") || Perm::C && IsAdminUser || !scope("a")) }
        { ((scope("a") || Perm::A) && Perm::B && role("site admin") || Perm::C) || (!(Perm::B || IsAdminUser) && !(!Other::D)) }
        { Perm::A || scope("a") || (role("site admin") && IsAdminUser) }
        { IsAdminUser && scope("a") && scope("a") && scope("b:c") }
        { (!Perm::C || scope("a") || Other::D || Perm::B) && (!Other::D || scope("b:c")) && (role("site admin") || Perm::C) && (role("r") || role("r")) }
        { !(role("site admin") && Perm::B) && Other::D && IsAdminUser && (Perm::A && Other::D) }
        { (scope("a") || scope("b:c")) && Perm::C && role("site admin") }
        { Perm::A && role("site admin") || role("r") || scope("b:c") }
        { Perm::C && ((scope("b:c") && IsAdminUser) && (role("site admin") || IsAdminUser) || (Perm::C || IsAdminUser) && (Perm::C || role("r")) || ((Perm::A || Perm::A && scope("a")) && !(!Perm::A))) }
        { (Perm::B && scope("b:c") || scope("a") && role("r")) && scope("b:c") && scope("a") && (Other::D || Perm::C) || (!scope("a") && (role("r") && scope("a")) || (!IsAdminUser && role("site admin") && IsAdminUser)) }
        { (Perm::C || Other::D) && scope("b:c") && scope("a") && !IsAdminUser }
        { (Perm::A || Perm::C) && (Perm::B || scope("b:c")) && (IsAdminUser || role("site admin")) && Perm::B }
        { role("r") && Perm::B || Perm::B }
        { !Perm::B && (Perm::B || role("site admin")) }
        { (scope("b:c") || Perm::C) && (scope("b:c") && scope("a")) && (Other::D || (IsAdminUser || scope("b:c"))) }
        { !role("site admin") && (Perm::B && scope("b:c")) }
        { (Perm::B && Perm::A) && role("site admin") && scope("b:c") && role("site admin") && Perm::B && (IsAdminUser || !(role("r") && role("r"))) }
        { (((scope("a") || scope("a")) || !IsAdminUser) && Other::D) || (Perm::C && role("r")) && Perm::B && Other::D && (IsAdminUser && IsAdminUser || (Perm::A || scope("a"))) }
        { (Other::D && Perm::B || Other::D) && (Other::D || role("site admin") || IsAdminUser && role("site admin")) }
        { scope("a") || Perm::B || Perm::C && Perm::B || Perm::A }
        { (scope("a") || role("site admin") || scope("a") && Perm::B) && !(scope("b:c") && Other::D) }
        { ((IsAdminUser && role("r")) && (Perm::B && Perm::B)) && role("site admin") }
        { !(!(Perm::B && role("r"))) }
        { (scope("b:c") && Perm::B) && (role("r") && scope("b:c")) }
        { ((scope("a") && scope("b:c") && !Other::D) || (scope("a") || Other::D) && (role("site admin") || scope("a"))) || role("r") }
        { (scope("a") || Perm::A) && (scope("b:c") || Perm::C) }
        { (!Perm::B && (role("site admin") || scope("b:c"))) || (scope("a") && scope("b:c")) && !scope("a") || !(!(role("site admin") || Perm::A)) }
        { (Perm::B && Other::D && (Perm::A || Perm::A) || !(!IsAdminUser)) && ((role("r") || Perm::A) && (Perm::B || IsAdminUser) || !(role("r") && IsAdminUser)) }
        { ((Perm::A || role("site admin")) && !Other::D) && !scope("a") && (Perm::C || Perm::B) }
        { scope("a") && (Perm::B || Perm::C) && (IsAdminUser || Perm::C || Perm::B) }
        { role("site admin") && IsAdminUser }
        { (!(Perm::C && IsAdminUser) && (role("site admin") || !Other::D)) && Perm::B }
        { role("site admin") && !(role("r") || IsAdminUser) }
        { !role("site admin") && (scope("a") || scope("a")) || Other::D && (Perm::C && Perm::C) || (!(Perm::B && Perm::B) && (scope("a") || Perm::C || (scope("b:c") || scope("b:c")))) }
        { !scope("a") && Other::D }
        { (scope("a") || role("site admin")) && (Perm::C && Perm::A) }
        { ((Perm::B || Other::D) && (IsAdminUser || IsAdminUser)) && Perm::B }
        { !(scope("a") || (scope("a") || !Perm::C || (role("r") || Perm::B) && (Perm::B || Perm::A))) }
        { (role("r") && Other::D) && (role("site admin") || Perm::A) }
        { !(!(scope("b:c") || scope("a"))) }
        { (role("site admin") || role("r")) && (Perm::C || Perm::C) && (Other::D && Other::D && (IsAdminUser || Other::D)) || Perm::C }
        { !IsAdminUser && scope("b:c") && !(scope("a") || role("r")) }
        { (role("site admin") && scope("a")) && Perm::A }
        { !(!Perm::B) && Perm::C }
        { Perm::A || scope("a") || (role("r") || role("site admin")) }
        { !(!Other::D || IsAdminUser) || !(!IsAdminUser || !Perm::B) && (((role("r") || IsAdminUser) || role("site admin") || Other::D) || role("site admin")) }
        { IsAdminUser && Perm::B || Perm::C && Perm::C || (Perm::C || scope("a")) && Perm::B }
        { !(!(Perm::B || scope("b:c"))) && ((!Perm::C || !Perm::B) && Perm::B) }
        { !(Other::D || !Other::D || (Perm::A || Perm::A)) }
        { (!(!role("r")) || (Perm::C && scope("a")) && (scope("a") || scope("b:c"))) && ((scope("b:c") || Perm::A) && (scope("b:c") || Perm::A) || scope("b:c")) }
        { !((Perm::C && role("r") || !scope("b:c")) || (scope("b:c") && role("r")) && (Perm::A || IsAdminUser)) }
        { Other::D && scope("b:c") && (!(!Perm::C || IsAdminUser) || (Perm::B || Other::D) && Perm::C && Perm::B || Perm::A || scope("b:c") && scope("a")) }
        { (((Perm::B && Perm::A) || (role("r") && scope("a"))) && ((IsAdminUser || role("site admin")) || Perm::B || Perm::A)) || (Perm::A || Perm::C || (Perm::A && Other::D)) || scope("b:c") }
        { role("site admin") && (role("r") && role("site admin") || Perm::B || Perm::B) }
        { !(!Perm::B || (scope("a") || scope("b:c"))) }
        { (Perm::B && Perm::A) && !role("site admin") && (!scope("b:c") || Other::D || scope("a")) }
        { Perm::B && Other::D && !scope("b:c") }
        { ((scope("a") || scope("a")) || (Perm::A && scope("b:c"))) && ((scope("b:c") || Perm::A) || scope("a") || scope("a")) }
        { !(!Perm::B) }
        { !(!role("r")) }
        { (Perm::C || Perm::C) && (role("site admin") && Perm::A && scope("b:c") && role("r")) && (scope("b:c") && scope("a") && (scope("b:c") || scope("a"))) && ((Perm::C && IsAdminUser) && Perm::B) }
        { (Other::D || scope("a")) || (scope("b:c") || IsAdminUser) }
        { !Perm::C && (IsAdminUser && role("r")) || (scope("a") || (scope("b:c") && Perm::C)) }
        { Other::D && IsAdminUser && scope("b:c") && Perm::C }
        { (!Perm::C && (role("site admin") || role("site admin"))) && (Perm::B || Perm::C || (IsAdminUser || scope("b:c"))) }
        { (!(Perm::A && Other::D) && (scope("b:c") || scope("a")) && scope("a") && scope("a")) && ((Perm::B && Perm::A || Other::D && Perm::A) && (IsAdminUser || Other::D) && (scope("b:c") || IsAdminUser)) }
        { !(!IsAdminUser) || scope("a") || role("site admin") || (Other::D || Other::D) }
        { !(!scope("a") || role("site admin") || Perm::B) || ((!Other::D || Perm::A && Perm::C) && ((role("site admin") || Perm::B) && (Perm::C && Other::D))) }
        { role("r") && role("r") && (!role("site admin") && Perm::A) }
        { !Perm::C && (Perm::C && Other::D) }
        { (!(Perm::B || IsAdminUser) && Perm::B) && ((scope("a") && Perm::B || (scope("a") && Perm::B)) && role("r") && scope("b:c") && (Perm::B && Perm::C)) }
        { role("r") && (Other::D || !(Perm::B && role("r"))) }
        { (Perm::A || Perm::C || Perm::A && Perm::A) && (scope("a") || scope("a") || Perm::C && IsAdminUser) || ((Perm::C || scope("a")) && (Perm::C || IsAdminUser)) && !(Perm::B && Perm::A) }
        { !(!(IsAdminUser && role("r"))) }
        { Other::D && role("site admin") || (Perm::C || Perm::A) }
        { (!(scope("a") && Perm::A || !scope("a")) || Perm::B && !(Perm::C || Other::D)) && ((Perm::B || Perm::B || role("site admin") || Other::D || ((Other::D && Perm::C) && Perm::B && scope("a"))) || !(role("r") && role("r")) || Perm::B) }
        { role("r") && Perm::B && (IsAdminUser || IsAdminUser) && (Perm::C || role("site admin")) && (Perm::C || Perm::B) }
        { Other::D && (IsAdminUser || scope("b:c")) && (scope("a") || Perm::B) }
        { (((IsAdminUser && Perm::C) || role("r") || Other::D) || (Perm::A || role("site admin") || (role("r") || scope("b:c")))) && (!Other::D || Perm::B && Perm::C) && role("site admin") && Other::D && (Perm::C && IsAdminUser) }
        { (Other::D || role("r") || Perm::A) && (Perm::B || (Perm::B && Perm::C)) && !role("r") }
        { scope("a") || Perm::A || role("site admin") }
        { !Perm::B && (scope("b:c") || Perm::A) }
    }
}
