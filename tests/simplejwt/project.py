"""A Django service with the real SimpleJWT: what token_service is compared with.

Configured by environment variables: DATABASE_URL, SIMPLE_JWT (JSON) and USER_SEED for `migrate`.
Run `python project.py migrate`, or serve `project:application` with gunicorn.
"""

import json
import os
import sys
from datetime import timedelta
from urllib.parse import urlparse

import django
from django.conf import settings


def database(url):
    """Django's DATABASES entry for sqlite:///path and postgres://user@host:port/name."""
    if url.startswith("sqlite:"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite://"), "OPTIONS": {"timeout": 20}}
    parts = urlparse(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "HOST": parts.hostname,
        "PORT": parts.port,
    }


def simple_jwt():
    """SIMPLE_JWT as Python: lifetimes are given in seconds."""
    given = json.loads(os.environ.get("SIMPLE_JWT", "{}"))
    return {name: timedelta(seconds=value) if name.endswith("_LIFETIME") else value for name, value in given.items()}


KEY = simple_jwt().get("SIGNING_KEY") or "k" * 64
settings.configure(
    SECRET_KEY=KEY if len(KEY) < 500 else "k" * 64,
    ALLOWED_HOSTS=["*"],
    DEBUG=False,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": database(os.environ["DATABASE_URL"])},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "rest_framework_simplejwt.token_blacklist",
    ],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF=__name__,
    SIMPLE_JWT=simple_jwt(),
    LOGGING_CONFIG=None,
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import permissions, views  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework_simplejwt import views as token_views  # noqa: E402
from rest_framework_simplejwt.authentication import (  # noqa: E402
    JWTAuthentication,
    JWTStatelessUserAuthentication,
)


def resource(name, authentication, permission):
    """A GET view that says whom it takes the caller for."""

    def get(self, request):
        user, token = request.user, request.auth
        return Response(
            {
                "user_id": user.id,
                "username": user.username,
                "is_staff": bool(user.is_staff),
                "is_superuser": bool(user.is_superuser),
                "kind": type(user).__name__,
                "claims": dict(token.payload) if token is not None else None,
            }
        )

    members = {"authentication_classes": [authentication], "permission_classes": [permission], "get": get}
    return type(name, (views.APIView,), members).as_view()


STATEFUL, STATELESS = JWTAuthentication, JWTStatelessUserAuthentication
urlpatterns = [
    path("api/token/", token_views.TokenObtainPairView.as_view()),
    path("api/token/refresh/", token_views.TokenRefreshView.as_view()),
    path("api/token/verify/", token_views.TokenVerifyView.as_view()),
    path("api/token/blacklist/", token_views.TokenBlacklistView.as_view()),
    path("api/token/sliding/", token_views.TokenObtainSlidingView.as_view()),
    path("api/token/sliding/refresh/", token_views.TokenRefreshSlidingView.as_view()),
    path("api/some-protected-route/", resource("Some", STATEFUL, permissions.IsAuthenticated)),
    path("api/stateless-protected-route/", resource("Stateless", STATELESS, permissions.IsAuthenticated)),
    path("api/staff-route/", resource("Staff", STATEFUL, permissions.IsAdminUser)),
    path("api/stateless-staff-route/", resource("StatelessStaff", STATELESS, permissions.IsAdminUser)),
    path("api/public-route/", resource("Public", STATEFUL, permissions.AllowAny)),
]
application = get_wsgi_application()


def migrate(seed):
    """Makes Django's tables and the users of the recorded answers."""
    from django.db import connection

    call_command("migrate", verbosity=0)
    for user in json.load(open(seed)):
        fields = ("id", "username", "email", "is_active", "is_staff", "is_superuser")
        User.objects.create(password=user["stored"], **{field: user[field] for field in fields})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('auth_user', 'id'), (SELECT max(id) FROM auth_user))")


if __name__ == "__main__":
    if sys.argv[1] == "migrate":
        migrate(sys.argv[2])
    else:
        call_command(*sys.argv[1:])
