"""What must hold of a patched pod, whoever made it."""
import copy

OUR_CONTAINERS = {"keeper-secrets-init", "keeper-secrets-sidecar", "keeper-secrets-mount"}
OUR_VOLUMES = {"keeper-secrets", "keeper-run", "keeper-auth", "keeper-ca-cert"}
OUR_ANNOTATIONS = {"keeper.security/injected", "keeper.security/injector-version", "keeper.security/backend"}
LAUNCHER = "/keeper/launcher/keeper-injector-exec"


def without_ours(pod, original):
    """The pod less what the injector adds: must be the original, to the last member."""
    pod = copy.deepcopy(pod)
    spec, before = pod["spec"], original["spec"]
    annotations = pod["metadata"].get("annotations", {})
    for name in OUR_ANNOTATIONS:
        if name not in original["metadata"].get("annotations", {}):
            annotations.pop(name, None)
    for kind in ("initContainers", "containers"):
        if not spec.get(kind):
            continue
        rest = [c for c in spec[kind] if c["name"] not in OUR_CONTAINERS]
        old = {c["name"]: c for c in before.get(kind) or []}
        for container in rest:
            trim_container(container, old.get(container["name"], {}))
        restore(spec, before, kind, rest)
    if spec.get("volumes"):
        restore(spec, before, "volumes", [v for v in spec["volumes"] if v["name"] not in OUR_VOLUMES])
    context, old = spec.get("securityContext"), before.get("securityContext")
    if context and context.get("supplementalGroups") != (old or {}).get("supplementalGroups"):
        groups = list(context["supplementalGroups"])
        groups.remove(64535)
        restore(context, old or {}, "supplementalGroups", groups)
    if context == {} and old != {}:
        restore(spec, before, "securityContext", None)
    if spec.get("shareProcessNamespace") is True and before.get("shareProcessNamespace") is not True:
        restore(spec, before, "shareProcessNamespace", None)
    return pod


def trim_container(container, old):
    if container.get("volumeMounts"):
        mounts = [m for m in container["volumeMounts"] if m["name"] not in OUR_VOLUMES]
        restore(container, old, "volumeMounts", mounts)
    command = container.get("command")
    if command and command[0] == LAUNCHER:
        container["command"] = command[3:]


def restore(holder, before, key, value):
    """An array that was missing, or null, was made by us."""
    if value:
        holder[key] = value
    elif key in before:
        holder[key] = before[key]
    else:
        holder.pop(key, None)


def restricted(pod):
    """What Pod Security "restricted" (v1.36, with "baseline") objects to, as in the standards' page."""
    found = []
    spec = pod["spec"]
    context = spec.get("securityContext") or {}
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            found.append(field)
    allowed = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
    for volume in spec.get("volumes") or []:
        for kind in set(volume) - {"name"}:
            if kind not in allowed:
                found.append(f"volume {volume['name']}: {kind}")
    for sysctl in context.get("sysctls") or []:
        found.append(f"sysctl {sysctl['name']}")
    for holder, name in [(context, "pod")] + [
            (c.get("securityContext") or {}, c["name"]) for c in (spec.get("initContainers") or []) + spec["containers"]]:
        linux = holder.get("seLinuxOptions") or {}
        if linux.get("type", "") not in ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"):
            found.append(f"{name}: seLinuxOptions type")
        if linux.get("user") or linux.get("role"):
            found.append(f"{name}: seLinuxOptions user or role")
        if (holder.get("appArmorProfile") or {}).get("type", "RuntimeDefault") not in ("RuntimeDefault", "Localhost"):
            found.append(f"{name}: appArmorProfile")
        if (holder.get("windowsOptions") or {}).get("hostProcess"):
            found.append(f"{name}: hostProcess")
    everyone = (spec.get("initContainers") or []) + (spec.get("containers") or [])
    for container in everyone:
        own = container.get("securityContext") or {}
        name = container["name"]

        def effective(key):
            return own[key] if key in own else context.get(key)

        if own.get("privileged"):
            found.append(f"{name}: privileged")
        if own.get("procMount", "Default") != "Default":
            found.append(f"{name}: procMount")
        if own.get("allowPrivilegeEscalation") is not False:
            found.append(f"{name}: allowPrivilegeEscalation")
        capabilities = own.get("capabilities") or {}
        if "ALL" not in (capabilities.get("drop") or []):
            found.append(f"{name}: capabilities not dropped")
        if set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
            found.append(f"{name}: capabilities added")
        if effective("runAsNonRoot") is not True:
            found.append(f"{name}: runAsNonRoot")
        if effective("runAsUser") == 0:
            found.append(f"{name}: runAsUser 0")
        if (effective("seccompProfile") or {}).get("type") not in ("RuntimeDefault", "Localhost"):
            found.append(f"{name}: seccompProfile")
        handlers = [container.get(f"{kind}Probe") for kind in ("liveness", "readiness", "startup")]
        handlers += (container.get("lifecycle") or {}).values()
        for handler in handlers:
            for kind in ("httpGet", "tcpSocket"):
                if ((handler or {}).get(kind) or {}).get("host"):
                    found.append(f"{name}: host of a probe")
        for port in container.get("ports") or []:
            if port.get("hostPort"):
                found.append(f"{name}: hostPort")
    return found
