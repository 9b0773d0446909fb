package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/stacks/spec"
)

// media is a volume of the environment with further fields.
func media(pairs ...any) []any {
	return list(object(append([]any{"name", "media", "size", "10Gi"}, pairs...)...))
}

// mount is the volumes of a process that mounts media, with further fields of the mount.
func mount(pairs ...any) []any {
	return list(object(append([]any{"name", "uploads", "source", "volume", "from", "media", "mountPath", "/srv/media"}, pairs...)...))
}

func volumeMistakes() []wrong {
	both := func(pairs ...any) map[string]any {
		out := map[string]any{"volumes": media(), "web.volumes": mount()}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i].(string)] = pairs[i+1]
		}
		return out
	}
	holder := func(pairs ...any) []any { return process(append([]any{"volumes", mount()}, pairs...)...) }
	onNodes := func(pairs ...any) map[string]any {
		return both(append([]any{"cluster.mode", "nodes", "cluster.nodes", object("capacity", "on-demand")}, pairs...)...)
	}
	return []wrong{
		{"volume twice", minimal, "volumes", append(media(), media()...), `volumes[1].name: "media": is the name of volumes[0] already`},
		{"volume without a size", minimal, "volumes", list(object("name", "media")), `volumes[0].size: is required, for instance 10Gi: it can grow later but not shrink; or name an existing claim`},
		{"volume smaller than any", minimal, "volumes", media("size", "1Ki"), `volumes[0].size: "1Ki": must be at least 1Mi`},
		{"size of an existing claim", minimal, "volumes", media("claimName", "uploads"), `volumes[0].size: "10Gi": would be ignored, because volumes[0].claimName names a claim that exists`},
		{"class of an existing claim", minimal, "volumes", list(object("name", "media", "claimName", "uploads", "storageClassName", "fast")), `volumes[0].storageClassName: "fast": would be ignored`},
		{"access mode that does not exist", minimal, "volumes", media("accessMode", "ReadOnlyMany"), `volumes[0].accessMode: "ReadOnlyMany": must be one of ReadWriteOnce, ReadWriteMany, ReadWriteOncePod`},
		{"shared volume of a default class", minimal, "volumes", media("accessMode", "ReadWriteMany"), `volumes[0].accessMode: "ReadWriteMany": needs a storage class of a shared file system, which the default class of a cluster rarely is: name one in volumes[0].storageClassName`},
		{"shared volume of a disk on AWS", onAWS, "volumes", media("accessMode", "ReadWriteMany"), `needs a shared file system, and the disks of this cluster belong to one node at a time: set ReadWriteOnce, which puts the processes on one node, or install a class of a shared file system (EFS)`},
		{"shared volume of a disk on Google Cloud", onGCP, "volumes", media("accessMode", "ReadWriteMany", "storageClassName", "premium-rwo"), `install a class of a shared file system (Filestore)`},
		{"class that a new cluster lacks", onAWS, "volumes", media("accessMode", "ReadWriteMany", "storageClassName", "efs"), `volumes[0].storageClassName: "efs": needs the StorageClass efs`},
		{"claim that a new namespace lacks", onGCP, "volumes", list(object("name", "media", "claimName", "uploads")), `volumes[0].claimName: "uploads": needs the PersistentVolumeClaim uploads`},
		{"mount of a volume that is not declared", minimal, "", both("web.volumes", mount("from", "medias")), `web.volumes[0].from: "medias": is not the name of a volume in volumes, which are: media; did you mean media?`},
		{"mount without volumes", minimal, "web.volumes", mount(), `web.volumes[0].from: "media": is not the name of a volume in volumes, which are: none; an existing claim has source persistentVolumeClaim`},
		{"rolling update of a volume of one node", minimal, "", both("web.strategy", "RollingUpdate"), `web.strategy: "RollingUpdate": may never end: new pods can only start on the node of the old ones, because the volume media belongs to one node`},
		{"rolling update of a process", minimal, "", both("processes", holder("strategy", "RollingUpdate")), `processes[0].strategy: "RollingUpdate": may never end`},
		{"other nodes for one volume", minimal, "", both("processes", holder("nodeSelector", object("pool", "batch"))), `processes[0].nodeSelector: must be that of web: both mount the volume media, which is ReadWriteOnce, so they run on the same node`},
		{"other taints for one volume", minimal, "", both("web.tolerations", list(object("key", "web")), "processes", holder()), `processes[0].tolerations: must be that of web`},
		{"other zone for one volume", minimal, "", both("processes", holder("nodeAffinity", list(object("key", "topology.kubernetes.io/zone", "values", list("a"))))), `processes[0].nodeAffinity: must be that of web`},
		{"pods of one volume apart", minimal, "", both("web.podAntiAffinity", list(object("labels", object("app.kubernetes.io/component", "web")))), `web.podAntiAffinity[0]: may keep pods apart that the volume media, which is ReadWriteOnce, puts on the same node`},
		{"pods of one volume near others", minimal, "", both("web.podAffinity", list(object("labels", object("app", "proxy")))), `web.podAffinity[0]: may choose another node than the volume media, which is ReadWriteOnce, does`},
		{"groups of one volume", minimal, "", both("processes", holder("runAsUser", 101)), `processes[0].fsGroup: must be that of web, since both mount the volume media: it belongs to one group, here 101 and there 1000`},
		{"production on one node", production, "", both(), `volumes[0].accessMode: "ReadWriteOnce": puts all 3 web pods on one node, whose loss stops the app: set web.replicas to 1`},
		{"volume of one pod in two processes", minimal, "", both("volumes", media("accessMode", "ReadWriteOncePod"), "web.replicas", 1, "processes", holder()), `volumes[0].accessMode: "ReadWriteOncePod": lets one pod mount the volume, and web, processes[0] would wait for each other without end; set ReadWriteOnce`},
		{"volume of one pod in two pods", minimal, "", both("volumes", media("accessMode", "ReadWriteOncePod")), `volumes[0].accessMode: "ReadWriteOncePod": lets one pod mount the volume, and web has up to 2`},
		{"volume of one pod in the release", minimal, "", map[string]any{"volumes": media("accessMode", "ReadWriteOncePod"), "release.volumes": mount()}, `"ReadWriteOncePod": lets one pod mount the volume, and release would wait for each other without end`},
		{"volume of one pod in two steps", minimal, "", map[string]any{"volumes": media("accessMode", "ReadWriteOncePod"), "release.steps": list(object("name", "migrate", "volumes", mount()), object("name", "index", "command", list("index"), "volumes", mount()))}, `lets one pod mount the volume, and release.steps[0], release.steps[1] would wait for each other`},
		{"more CPU than a node has", onAWS, "", onNodes("web.replicas", 1, "web.resources", object("cpu", "1500m"), "workers", list(object("name", "default", "replicas", 2, "resources", object("cpu", "500m"), "volumes", mount()))), `volumes[0].accessMode: "ReadWriteOnce": puts pods on one node that ask for 2500m CPU together; a node of cluster.nodes.cpu has 2`},
		{"more memory than a node has", onAWS, "", onNodes("web.replicas", 1, "web.resources", object("memory", "7Gi", "memoryLimit", "7Gi"), "workers", list(object("name", "default", "replicas", 2, "resources", object("memory", "1Gi", "memoryLimit", "1Gi"), "volumes", mount()))), `of memory together; a node of cluster.nodes.memory has 8Gi`},
		{"data loss of nothing to allow", minimal, "allowDataLoss", list("volumes"), `allowDataLoss[0]: "volumes": changes nothing, because protection is disposable`},
	}
}

func objectMistakes() []wrong {
	smtp := func(pairs ...any) []any {
		return list(object(append([]any{"name", "smtp", "entries", object("PASSWORD", "x")}, pairs...)...))
	}
	files := func(pairs ...any) []any {
		return list(object(append([]any{"name", "files", "entries", object("default.conf", "x")}, pairs...)...))
	}
	with := func(path string, value any) map[string]any {
		return map[string]any{"secrets": smtp(), "configMaps": files(), path: value}
	}
	return []wrong{
		{"Secret twice", minimal, "secrets", append(smtp(), smtp()...), `secrets[1].name: "smtp": is the name of secrets[0] already`},
		{"ConfigMap twice", minimal, "configMaps", append(files(), files()...), `configMaps[1].name: "files": is the name of configMaps[0] already`},
		{"Secret without entries", minimal, "secrets", list(object("name", "smtp", "entries", object())), `secrets[0].entries: is required: the keys and their values`},
		{"key of no Secret", minimal, "secrets", list(object("name", "smtp", "entries", object("pass word", "x"))), `secrets[0].entries.pass word: is no key of an object`},
		{"Secret of another type", minimal, "secrets", smtp("type", "kubernetes.io/ssh-auth"), `secrets[0].type: "kubernetes.io/ssh-auth": must be one of Opaque, kubernetes.io/dockerconfigjson, kubernetes.io/tls`},
		{"certificate without a key", minimal, "secrets", list(object("name", "tls", "type", "kubernetes.io/tls", "entries", object("tls.crt", "x"))), `secrets[0].entries.tls.key: is required with secrets[0].type kubernetes.io/tls`},
		{"variable of no entry", minimal, "", with("app.secretKeyRefs", object("P", object("name", "smtp", "key", "PASS"))), `app.secretKeyRefs.P.key: "PASS": is not an entry of the Secret smtp in secrets, which has PASSWORD`},
		{"process' variable of no entry", minimal, "", with("web.secretKeyRefs", object("P", object("name", "smtp", "key", "PASS"))), `web.secretKeyRefs.P.key: "PASS": is not an entry`},
		{"file as a variable", minimal, "", with("web.envFrom", list(object("configMap", "files"))), `web.envFrom[0]: has the entry default.conf, which is no variable name`},
		{"sidecar's file as a variable", minimal, "", with("web.sidecars", list(object("name", "a", "envFrom", list(object("configMap", "files"))))), `web.sidecars[0].envFrom[0]: has the entry default.conf`},
		{"file of no entry", minimal, "", with("web.volumes", list(object("name", "f", "source", "configMap", "from", "files", "mountPath", "/etc/nginx/nginx.conf", "subPath", "nginx.conf"))), `web.volumes[0].subPath: "nginx.conf": is not an entry of files, which has default.conf`},
		{"pull secret of another type", minimal, "", with("app.imagePullSecrets", list("smtp")), `app.imagePullSecrets[0]: "smtp": needs a Secret of type kubernetes.io/dockerconfigjson; that of secrets is Opaque`},
		{"certificate of another type", minimal, "", with("web.ingress", object("ingressClassName", "nginx", "host", "blog.example.com", "tlsSecretName", "smtp")), `web.ingress.tlsSecretName: "smtp": needs a Secret of type kubernetes.io/tls`},
		{"permissions of a folder", minimal, "web.volumes", list(object("name", "d", "mountPath", "/d", "defaultMode", "0400")), `web.volumes[0].defaultMode: "0400": would be ignored`},
		{"permissions that are none", minimal, "", with("web.volumes", list(object("name", "d", "mountPath", "/d", "source", "secret", "from", "smtp", "defaultMode", "999"))), `web.volumes[0].defaultMode: "999": must be`},
	}
}

func freedomMistakes() []wrong {
	affinity := func(pairs ...any) []any { return list(object(pairs...)) }
	return []wrong{
		{"node's condition without values", minimal, "web.nodeAffinity", affinity("key", "zone", "operator", "In"), `web.nodeAffinity[0].values: is required with web.nodeAffinity[0].operator In`},
		{"node's condition with values", minimal, "web.nodeAffinity", affinity("key", "zone", "operator", "Exists", "values", list("a")), `web.nodeAffinity[0].values: is not allowed with web.nodeAffinity[0].operator Exists`},
		{"node's number", minimal, "web.nodeAffinity", affinity("key", "cores", "operator", "Gt", "values", list("many")), `web.nodeAffinity[0].values: must be one whole number`},
		{"node's key", minimal, "web.nodeAffinity", affinity("key", "a b"), `web.nodeAffinity[0].key: "a b": is not a label's key`},
		{"weight above the range", minimal, "web.nodeAffinity", affinity("key", "zone", "weight", 101), `web.nodeAffinity[0].weight: 101: may be at most 100`},
		{"pods of no labels", minimal, "cron", list(object("name", "a", "schedule", "@daily", "command", list("a"), "podAffinity", affinity("labels", object()))), `cron[0].podAffinity[0].labels: is required`},
		{"topology that is no label", minimal, "release.podAntiAffinity", affinity("labels", object("a", "b"), "topologyKey", "a b"), `release.podAntiAffinity[0].topologyKey: "a b": is not a label's key`},
		{"memory that is no limit", minimal, "web.resources", object("memoryLimit", "never"), `web.resources.memoryLimit: "never": must be`},
		{"no CPU limit by word", minimal, "web.resources", object("cpuLimit", "none"), `web.resources.cpuLimit: "none": must be`},
		{"CPU of scaling by memory", minimal, "web.autoscaling", object("by", "memory", "maxReplicas", 4, "targetCPUUtilizationPercentage", 50), `web.autoscaling.targetCPUUtilizationPercentage: would be ignored, because web.autoscaling.by is memory`},
		{"no pods of scaling by memory", minimal, "web.autoscaling", object("by", "memory", "minReplicas", 0, "maxReplicas", 4), `web.autoscaling.minReplicas: 0: must be at least 1 with web.autoscaling.by memory`},
		{"Postgres without fsync", minimal, "database.parameters", object("fsync", "off"), `database.parameters.fsync: may not be set: it loses committed rows`},
		{"Postgres' connections", minimal, "database.parameters", object("max_connections", "500"), `database.parameters.max_connections: may not be set: it has its own field, database.maxConnections`},
		{"Postgres' files", minimal, "database.parameters", object("hba_file", "/tmp/pg_hba.conf"), `database.parameters.hba_file: may not be set: it is set by the environment`},
		{"Postgres that runs programs", minimal, "database.parameters", object("archive_command", "cp %p /tmp"), `database.parameters.archive_command: may not be set: it runs a program`},
		{"parameter of no Postgres", minimal, "database.parameters", object("Work-Mem", "16MB"), `database.parameters.Work-Mem: is no parameter of PostgreSQL`},
		{"buffers above the memory", minimal, "database.parameters", object("shared_buffers", "1GB"), `database.parameters.shared_buffers: "1GB": must be below database.resources.memoryLimit, which is 512Mi`},
		{"buffers that are no size", minimal, "database.parameters", object("shared_buffers", "a lot"), `database.parameters.shared_buffers: "a lot": is not a size such as 128MB`},
		{"log above the volume", minimal, "database.parameters", object("max_wal_size", "1GB"), `database.parameters.max_wal_size: "1GB": may be at most half of database.volume.size, which is 1Gi`},
		{"log that is no size", minimal, "database.parameters", object("max_wal_size", "small"), `database.parameters.max_wal_size: "small": is not a size such as 1GB`},
		{"huge pages", minimal, "database.parameters", object("huge_pages", "try"), `database.parameters.huge_pages: may not be set: it is set by the environment: the pod requests no huge pages`},
		{"parameters of a server elsewhere", minimal, "", map[string]any{"database": object("kind", "external", "external", object("host", "db", "password", "x"), "parameters", object("work_mem", "16MB"))}, `database.parameters: would be ignored, because database.kind is not in-cluster`},
		{"Redis' memory", minimal, "cache.parameters", object("maxmemory", "1gb"), `cache.parameters.maxmemory: may not be set: it has its own field, memory`},
		{"Redis' password", minimal, "cache.parameters", object("requirepass", "x"), `cache.parameters.requirepass: may not be set`},
		{"Redis' further lines", minimal, "cache.parameters", object("timeout", "300\nrequirepass x"), `cache.parameters.timeout: must be one line`},
		{"Redis' certificates", minimal, "cache.parameters", object("tls-port", "1"), `cache.parameters.tls-port: may not be set: it is set by namespace.tls`},
		{"broker that evicts", minimal, "broker", object("kind", "in-cluster", "parameters", object("maxmemory-policy", "allkeys-lru")), `broker.parameters.maxmemory-policy: may not be set: it makes the difference between cache and broker`},
		{"broker that forgets", minimal, "broker", object("kind", "in-cluster", "parameters", object("appendfsync", "no")), `broker.parameters.appendfsync: "no": may lose every task`},
	}
}

func TestAVolumeOfOneNodeIsRecreated(t *testing.T) {
	text := changed(t, changed(t, minimal, "volumes", media()), "web.volumes", mount())
	text = changed(t, text, "processes", process())
	e, err := parse(t, text)
	require.NoError(t, err)
	assert.Equal(t, spec.Recreate, e.Web.Strategy)
	assert.Equal(t, spec.RollingUpdate, e.Processes[0].Strategy, "it mounts no volume")

	e, err = parse(t, changed(t, text, "volumes", media("accessMode", "ReadWriteMany", "storageClassName", "nfs")))
	require.NoError(t, err)
	assert.Equal(t, spec.RollingUpdate, e.Web.Strategy)

	e, err = parse(t, changed(t, minimal, "static", object("store", "volume", "accessMode", "ReadWriteOnce")))
	require.NoError(t, err)
	assert.Equal(t, spec.RollingUpdate, e.Web.Strategy, "the mode is for a cluster of one node, where both fit")
}

func TestAVolumeIsDataAsADatabaseIs(t *testing.T) {
	text := changed(t, changed(t, production, "volumes", media()), "web.replicas", 1)
	e, err := parse(t, changed(t, text, "web.volumes", mount()))
	require.NoError(t, err)
	held := e.HeldInOwnVolume(e.Volumes[0])
	assert.True(t, held.Protected)
	assert.Equal(t, []data.Part{data.Volumes}, held.Parts)
	assert.Equal(t, "the files of the volume media", held.Loss)
	assert.Contains(t, e.HeldInNamespace().Parts, data.Volumes)
	assert.Contains(t, e.HeldInNamespace().Loss, "the files of the volumes media")

	e, err = parse(t, changed(t, text, "allowDataLoss", list("volumes")))
	require.NoError(t, err)
	assert.False(t, e.HeldInOwnVolume(e.Volumes[0]).Protected)

	e, err = parse(t, changed(t, text, "volumes", list(object("name", "media", "claimName", "uploads"))))
	require.NoError(t, err)
	assert.NotContains(t, e.HeldInNamespace().Parts, data.Volumes, "somebody else's claim")
}

// A new namespace has what the environment creates, without prepared.
func TestWhatTheEnvironmentCreatesIsThere(t *testing.T) {
	text := changed(t, onAWS, "secrets", list(
		object("name", "smtp", "entries", object("PASSWORD", "x")),
		object("name", "registry", "type", "kubernetes.io/dockerconfigjson", "entries", object(".dockerconfigjson", "{}")),
	))
	text = changed(t, text, "configMaps", list(object("name", "files", "entries", object("a.conf", "x"))))
	text = changed(t, text, "volumes", media())
	text = changed(t, text, "app.imagePullSecrets", list("registry"))
	text = changed(t, text, "app.secretKeyRefs", object("P", object("name", "smtp", "key", "PASSWORD")))
	text = changed(t, text, "processes", process(
		"envFrom", list(object("secret", "smtp")),
		"volumes", append(mount(), object("name", "f", "source", "configMap", "from", "files", "mountPath", "/etc/app"), object("name", "more", "source", "volume", "from", "media", "mountPath", "/srv/more", "subPath", "more")),
	))
	_, err := parse(t, text)
	require.NoError(t, err)
}

func TestAPlainSecretInAListIsFound(t *testing.T) {
	assert.True(t, spec.IsSecret("secrets[2].entries.PASSWORD"))
	assert.False(t, spec.IsSecret("secrets[2].name"))
	plain := list(object("name", "smtp", "entries", object("A", "x", "B", object("secure", "v1:x"))))
	assert.Equal(t, []string{"secrets[0].entries.A"}, spec.PlainSecrets("secrets", plain))
	assert.Equal(t, []string{"secrets.entries.A"}, spec.PlainSecrets("secrets", map[string]any{"entries": map[string]any{"A": "x"}}), "without the list")

	e, err := parse(t, changed(t, minimal, "secrets", list(object("name", "smtp", "entries", object("A", "x", "B", "y")))))
	require.NoError(t, err)
	err = e.CheckSecrecy(func(path string) bool { return path == "secrets[0].entries.B" })
	assert.ErrorContains(t, err, "secrets[0].entries.A: must be encrypted")
	assert.ErrorContains(t, err, "has 1 mistake")
}
