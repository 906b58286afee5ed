"""What the programs of production are told: their configuration, of what is remembered. JSON is YAML, too."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from goldenpath.core.deploy_file import JOB, STATIC
from goldenpath.core.production import ALERTMANAGER, EDGE, PROMETHEUS, SLOTS, ZONE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goldenpath.core.production import Production, Service

SUPERVISOR = """\
[supervisord]
nodaemon=true
logfile=logs/supervisor.log
logfile_maxbytes=1MB
logfile_backups=1
loglevel=info
pidfile=supervisord.pid
childlogdir=logs
umask=077
strip_ansi=false
identifier=goldenpath

[unix_http_server]
file=%(ENV_GOLDENPATH_SOCKET)s
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[include]
files = programs/*.ini
"""
"""It is started in production's folder, so that no name of a folder has to be escaped."""


def program_ini(program: str, *, stop_s: int) -> str:
    """What the supervisor is told of a program; its command stands in a script beside it."""
    return (
        f"[program:{program}]\ncommand=/bin/sh programs/{program}.sh\nautostart=true\nautorestart=true\n"
        f"startsecs=1\nstartretries=5\nstopsignal=TERM\nstopwaitsecs={stop_s}\nstopasgroup=true\nkillasgroup=true\n"
        f"redirect_stderr=true\nstdout_logfile=logs/{program}.log\nstdout_logfile_maxbytes=2MB\n"
        "stdout_logfile_backups=1\n"
    )


def script(argv: Sequence[str], *, folder: str, variables: Mapping[str, str]) -> str:
    """A shell script that becomes a command, in a folder and with variables."""
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    return f"#!/bin/sh\ncd {shlex.quote(folder)} || exit 70\n{exports}exec {shlex.join(argv)}\n"


def repeating(argv: Sequence[str], *, folder: str, variables: Mapping[str, str], every_s: int) -> str:
    """A shell script that waits and runs a command, again and again; how a run ended stands in the log."""
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    run = f'{shlex.join(argv)}\n    echo "run ended with $?"'
    return f"#!/bin/sh\ncd {shlex.quote(folder)} || exit 70\n{exports}while sleep {every_s}; do\n    {run}\ndone\n"


def edge_config(production: Production, folder: str, admin: str) -> str:
    """Caddy's configuration; `admin` is where it takes orders.

    A service's slot is no part of it: which one gets the traffic is looked up with each request, as the name of a file
    in `services/NAME/edge`. To load another configuration cuts connections that wait for their next request.
    """
    ports, folder = production.ports, folder.replace("{", "\\{")  # what Caddy takes for a placeholder
    servers: dict[str, Any] = {"edge": _server(ports[EDGE], [*_named(production, folder), *_page(ports, folder)])}
    for name, service in production.services.items():
        routes = _service_routes(service, folder)
        if routes:
            servers[f"service-{name}"] = _server(service.address, routes)
    return _json(
        {
            "admin": {"listen": admin, "config": {"persist": False}},
            "storage": {"module": "file_system", "root": f"{folder}/caddy"},
            "apps": {"http": {"grace_period": "5s", "servers": servers}},
        }
    )


def _server(port: int, routes: list[Any]) -> dict[str, Any]:
    return {"listen": [f"127.0.0.1:{port}"], "automatic_https": {"disable": True}, "routes": routes}


def _named(production: Production, folder: str) -> list[Any]:
    """A route for each name of the zone that leads to a service, then a clear answer for every other name there."""
    found: list[Any] = []
    for name, target in production.names.items():
        service = production.services.get(target)
        routes = _service_routes(service, folder) if service else []
        if routes:
            found.append(_last([{"handler": "subroute", "routes": routes}], host=[name]))
    unknown = {"handler": "static_response", "status_code": 404, "body": "No service has this name.\n"}
    return [*found, _last([unknown], host=[f"*.{ZONE}", ZONE])]


def _service_routes(service: Service, folder: str) -> list[Any]:
    """How the edge answers for a service; nothing for one that answers nobody."""
    own = f"{folder}/services/{service.name}"
    file = service.releases[0].file if service.releases else None
    if file is None or file.kind == JOB:
        return []
    if file.kind == STATIC:
        commit = [{"handler": "rewrite", "uri": "/commit.json"}, {"handler": "file_server", "root": f"{own}/edge"}]
        return [_last(commit, path=[file.version]), _last([{"handler": "file_server", "root": f"{own}/live"}])]
    orders = [(slot,) for slot in SLOTS] + [(slot, other) for slot in SLOTS for other in SLOTS if slot != other]
    by_file = [
        _last([_proxy(service, order)], file={"root": f"{own}/edge", "try_files": [standing(order)]})
        for order in orders
    ]
    return [*by_file, _last([_proxy(service, SLOTS)])]  # between the looks at two names, a file can get the other


def standing(order: Sequence[str]) -> str:
    """The name of the file that says which slots get the traffic: the first, and what it can't answer, the second."""
    return "-".join(order)


def _last(handle: list[Any], **match: Any) -> dict[str, Any]:
    return {**({"match": [match]} if match else {}), "handle": handle, "terminal": True}


def _proxy(service: Service, slots: Sequence[str]) -> dict[str, Any]:
    """A proxy that asks again for a while where nobody listens, because a program that ended is started anew."""
    fallback = {"health_checks": {"passive": {"fail_duration": "2s", "max_fails": 1}}} if len(slots) > 1 else {}
    return {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"127.0.0.1:{service.ports[slot]}"} for slot in slots],
        "load_balancing": {"selection_policy": {"policy": "first"}, "try_duration": "3s", "try_interval": "100ms"},
        **fallback,
    }


def _page(ports: Mapping[str, int], folder: str) -> list[Any]:
    """The dashboard, what it reads, and the metrics that jobs leave behind."""
    page = {"handler": "file_server", "root": f"{folder}/page"}
    routes: list[Any] = []
    for part, reads in ((PROMETHEUS, ["/api/v1/*"]), (ALERTMANAGER, ["/api/v2/alerts"])):
        if part in ports:
            paths = [f"/{part}{path}" for path in reads]
            steps = [
                {"handler": "rewrite", "strip_path_prefix": f"/{part}"},
                {"handler": "reverse_proxy", "upstreams": [{"dial": f"127.0.0.1:{ports[part]}"}]},
            ]
            routes.append(_last(steps, path=paths, method=["GET"]))
    return [*routes, _last([page])]


def prometheus_config(ports: Mapping[str, int]) -> str:
    """Prometheus' configuration: rules and targets are files that come and go with the services."""
    managers = (
        [{"static_configs": [{"targets": [f"127.0.0.1:{ports[ALERTMANAGER]}"]}]}] if ALERTMANAGER in ports else []
    )
    return _json(
        {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules/*.yml"],
            "alerting": {"alertmanagers": managers},
            "scrape_configs": [{"job_name": "services", "file_sd_configs": [{"files": ["targets/*.json"]}]}],
        }
    )


def alertmanager_config() -> str:
    """Alertmanager's configuration: it keeps and groups alerts, and tells nobody outside of this machine."""
    route = {"receiver": "nobody", "group_wait": "0s", "group_interval": "1s", "group_by": ["alertname", "service"]}
    return _json({"route": route, "receivers": [{"name": "nobody"}]})


def targets(production: Production, service: Service) -> str:
    """Where Prometheus finds a service's metrics, for file-based discovery; an empty list when it has none."""
    live = service.live
    if live is None or live.file.kind == STATIC:
        return _json([])
    if live.file.kind == JOB:
        address, path = f"127.0.0.1:{production.ports[EDGE]}", f"/jobs/{service.name}.prom"
    elif not live.file.metrics:
        return _json([])
    else:
        address, path = f"127.0.0.1:{service.ports[service.slot]}", live.file.metrics
    labels = {"job": service.name, "instance": service.name, "__metrics_path__": path}
    return _json([{"targets": [address], "labels": labels}])


def _json(value: Any) -> str:
    return json.dumps(value, indent=1) + "\n"
