"""Production's programs, driven: supervisor, Caddy, Prometheus, Alertmanager, uv. One file each."""
