from fastapi import FastAPI
from fastapi.testclient import TestClient


def count(client: TestClient, **labels: str) -> float:
    """The value of the one line of http_requests_total that has these labels; 0 without one."""
    for line in client.get("/metrics").text.splitlines():
        if line.startswith("http_requests_total{") and all(
            f'{name}="{value}"' in line for name, value in labels.items()
        ):
            return float(line.rpartition(" ")[2])
    return 0


def test_requests_are_counted_by_route_and_not_by_path(client: TestClient) -> None:
    client.get("/greetings/Ada")
    client.get("/greetings/Grace")

    assert count(client, method="GET", route="/greetings/{name}", status="200") == 2
    assert "Ada" not in client.get("/metrics").text


def test_paths_and_methods_that_nobody_knows_share_one_label(client: TestClient) -> None:
    client.get("/no/such/page")
    client.request("BREW", "/no/such/pot")

    assert count(client, method="GET", route="unmatched", status="404") == 1
    assert count(client, method="other", route="unmatched", status="404") == 1


def test_errors_are_counted(app: FastAPI, client: TestClient) -> None:
    @app.get("/broken")
    def fail() -> None:
        raise RuntimeError

    client.get("/broken")

    assert count(client, route="/broken", status="500") == 1


def test_durations_are_measured(client: TestClient) -> None:
    client.get("/greetings/Ada")

    assert (
        'http_request_duration_seconds_count{method="GET",route="/greetings/{name}"} 1.0'
        in client.get("/metrics").text
    )


def test_the_build_is_exported(client: TestClient) -> None:
    assert 'service_info{commit="abc1234"' in client.get("/metrics").text
