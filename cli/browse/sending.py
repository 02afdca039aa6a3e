"""Pages as they are sent: filled in, compressed, and under a policy that lets nothing run."""

from __future__ import annotations

import gzip
from functools import lru_cache

import jinja2
from datasette.utils.asgi import Request, Response

from cli.browse import appearance
from cli.browse.visit import Answer, File, Redirect, Visit

# Whatever somebody typed into the chat: nothing of it runs or loads. No page of ours has a script.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src {images}; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
    "vary": "accept-encoding",
}
_LEAST_COMPRESSED = 1000


def rendered(visit: Visit, answer: Answer, templates: str | None) -> Response:
    """An answer as it is sent; templates of the folder ``templates`` come before ours."""
    if isinstance(answer, Redirect):
        return Response.redirect(answer.address)
    if isinstance(answer, File):
        headers = {"content-security-policy": _POLICY.format(images="'none'"), **_HEADERS}
        return Response(answer.content, 200, headers, answer.content_type)
    template = _environment(templates).get_template(f"chat/{answer.template}")
    body = template.render(
        visit=visit, addresses=visit.addresses, arguments=visit.arguments, **answer.values
    )
    images = "'self' http: https:" if visit.remote_images else "'self'"
    headers = {"content-security-policy": _POLICY.format(images=images), **_HEADERS}
    return Response(body, answer.status, headers, answer.content_type)


@lru_cache(maxsize=4)
def _environment(custom: str | None) -> jinja2.Environment:
    """Our templates, synchronous as that is faster; those of Datasette's --template-dir win."""
    loaders: list[jinja2.BaseLoader] = [jinja2.FileSystemLoader(custom)] if custom else []
    loaders.append(jinja2.PackageLoader("cli.browse"))
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(appearance.FILTERS)
    return environment


def compressed(response: Response, request: Request) -> Response:
    """A response as gzip, where the browser takes it and it is worth the while."""
    body = response.body.encode() if isinstance(response.body, str) else response.body or b""
    if len(body) < _LEAST_COMPRESSED or "gzip" not in request.headers.get("accept-encoding", ""):
        return response
    if response.content_type.startswith("image/"):
        return response
    response.body = gzip.compress(body, compresslevel=3)
    response.headers["content-encoding"] = "gzip"
    return response
