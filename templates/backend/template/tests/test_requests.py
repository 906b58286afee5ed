import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

ID = {"X-Request-ID": "id-1"}


def test_every_answer_has_an_id_of_its_own(client: TestClient) -> None:
    ids = {client.get("/healthz").headers["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3


def test_the_callers_id_is_kept(client: TestClient) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": "from-the-edge.1"})

    assert response.headers["X-Request-ID"] == "from-the-edge.1"


@pytest.mark.parametrize("unsafe", ["", "a" * 129, "two words", 'quo"te'])
def test_an_id_that_is_not_safe_to_log_is_replaced(client: TestClient, unsafe: str) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": unsafe})

    assert response.headers["X-Request-ID"] != unsafe


def test_an_unknown_path_has_the_shape_of_every_error(client: TestClient) -> None:
    assert client.get("/no/such/page", headers=ID).json() == {
        "error": {"code": "not_found", "message": "Not Found", "request_id": "id-1"}
    }


def test_a_wrong_method_says_which_is_right(client: TestClient) -> None:
    response = client.delete("/healthz")

    assert response.json()["error"]["code"] == "method_not_allowed"
    assert response.headers["Allow"] == "GET"


def test_a_bad_request_says_where(client: TestClient) -> None:
    error = client.get(f"/greetings/{'a' * 65}").json()["error"]

    assert error["code"].startswith("unprocessable")
    assert error["fields"][0]["where"] == ["path", "name"]


def test_a_crash_gives_nothing_away(app: FastAPI, client: TestClient) -> None:
    @app.get("/broken")
    def fail() -> None:
        message = "the password is swordfish"
        raise RuntimeError(message)

    response = client.get("/broken", headers=ID)

    assert response.status_code == 500
    assert response.headers["X-Request-ID"] == "id-1"
    assert response.json()["error"]["code"] == "internal_server_error"
    assert "swordfish" not in response.text
