use jwt_auth::{IsAdminUser, protected, public as everybody};

#[protected(IsAdminUser)]
#[everybody]
async fn above() {}

#[everybody]
#[protected(IsAdminUser)]
async fn below() {}

fn main() {}
