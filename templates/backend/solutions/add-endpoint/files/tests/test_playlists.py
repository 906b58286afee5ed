from fastapi.testclient import TestClient


def test_a_playlist_is_found_by_its_id(client: TestClient) -> None:
    response = client.get("/playlists/focus")

    assert response.status_code == 200
    assert response.json() == {"id": "focus", "title": "Deep focus"}


def test_an_unknown_playlist_is_named(client: TestClient) -> None:
    response = client.get("/playlists/unheard-of")

    assert response.status_code == 404
    assert response.json()["error"]["message"] == "There is no playlist unheard-of."
