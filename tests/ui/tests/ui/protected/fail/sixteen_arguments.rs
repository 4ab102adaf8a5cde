use jwt_auth::protected;

#[protected]
async fn handler(
    _a1: axum::http::Method,
    _a2: axum::http::Method,
    _a3: axum::http::Method,
    _a4: axum::http::Method,
    _a5: axum::http::Method,
    _a6: axum::http::Method,
    _a7: axum::http::Method,
    _a8: axum::http::Method,
    _a9: axum::http::Method,
    _a10: axum::http::Method,
    _a11: axum::http::Method,
    _a12: axum::http::Method,
    _a13: axum::http::Method,
    _a14: axum::http::Method,
    _a15: axum::http::Method,
    _a16: axum::http::Method,
) {
}

fn main() {}
