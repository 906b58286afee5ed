"""Every error has one shape: {"error": {"code": ..., "message": ..., "request_id": ...}}."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


def error_response(
    status: int,
    message: str,
    request_id: str | None,
    **more: Any,  # noqa: ANN401 - whatever JSON can hold
) -> JSONResponse:
    """Return an error; `code` is for programs, `message` for people."""
    error = {"code": HTTPStatus(status).name.lower(), "message": message, "request_id": request_id}
    return JSONResponse({"error": error | more}, status)


def answer_errors_in_json(app: FastAPI) -> None:
    """Give the errors that the framework raises our shape; the middleware sees to all others."""

    @app.exception_handler(HTTPException)
    async def answer_http_error(_request: Request, error: HTTPException) -> JSONResponse:
        response = error_response(error.status_code, str(error.detail), current_request_id())
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    async def answer_bad_request(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [
            {"where": [str(part) for part in problem["loc"]], "problem": problem["msg"]}
            for problem in error.errors()
        ]
        message = "The request is not what this route takes."
        return error_response(422, message, current_request_id(), fields=fields)


def current_request_id() -> str | None:
    """Return the id of the request that is being answered."""
    request_id: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return request_id
