package spec

import (
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/sizes"
)

// parameterName and parameterValue are the forms of a parameter of a server. A line break in a
// value would begin another parameter.
var (
	parameterName  = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$`)
	redisParameter = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	parameterValue = regexp.MustCompile(`^[^\p{Cc}]+$`)
)

// kept are parameters that a server keeps, by the reason.
type kept struct {
	because string
	names   []string
}

// keptByPostgres are the parameters that the environment sets itself, those that make a
// committed row or the whole server a matter of luck, and those that run programs
// (https://www.postgresql.org/docs/current/runtime-config.html).
func keptByPostgres() []kept {
	return []kept{
		{"has its own field, database.maxConnections", []string{"max_connections"}},
		{"is set by the environment: the server's files, addresses and certificates are where its pod, its Service and its probes expect them", []string{
			"data_directory", "config_file", "hba_file", "ident_file", "external_pid_file", "listen_addresses", "port", "unix_socket_directories",
			"unix_socket_group", "unix_socket_permissions", "data_directory_mode", "cluster_name",
		}},
		{"is set by namespace.tls", []string{
			"ssl", "ssl_cert_file", "ssl_key_file", "ssl_ca_file", "ssl_crl_file", "ssl_crl_dir", "ssl_passphrase_command", "ssl_passphrase_command_supports_reload",
		}},
		{"loses committed rows, or the whole database, when the pod is killed", []string{"fsync", "full_page_writes", "wal_sync_method"}},
		{"hides damaged pages or damages more of them", []string{
			"zero_damaged_pages", "ignore_system_indexes", "ignore_checksum_failure", "ignore_invalid_pages", "allow_system_table_mods", "data_sync_retry", "restart_after_crash",
		}},
		{"runs a program in the server's pod", []string{
			"archive_command", "restore_command", "archive_cleanup_command", "recovery_end_command", "archive_library", "local_preload_libraries", "session_preload_libraries", "dynamic_library_path", "jit_provider",
		}},
		{"keeps the whole write-ahead log, until the volume is full and the server stops, because nothing here archives it", []string{"archive_mode"}},
		{"reads another file, which the pod does not have", []string{"include", "include_dir", "include_if_exists"}},
		{"is set by the environment: the pod requests no huge pages, and a server that tries to use those of its node is killed", []string{"huge_pages"}},
		{"belongs to a restore or a standby, which this server is not", []string{
			"primary_conninfo", "primary_slot_name", "hot_standby", "synchronous_standby_names", "recovery_target", "recovery_target_action", "recovery_target_lsn",
			"recovery_target_name", "recovery_target_time", "recovery_target_timeline", "recovery_target_xid",
		}},
		{"moves the log out of the pod's log", []string{"logging_collector", "log_destination", "log_directory", "log_filename"}},
		{"makes passwords weaker", []string{"password_encryption", "db_user_namespace"}},
	}
}

// keptByRedis are the parameters of Redis and Valkey that the environment sets itself, that
// undo what the cache and the broker are for, or that load programs
// (https://redis.io/docs/latest/operate/oss_and_stack/management/config/).
func keptByRedis() []kept {
	return []kept{
		{"has its own field, memory", []string{"maxmemory"}},
		{"makes the difference between cache and broker: a cache evicts the least recently used keys, a broker none", []string{"maxmemory-policy"}},
		{"is set by the environment: a broker keeps its messages in an append-only file, and a cache writes nothing", []string{
			"appendonly", "save", "dir", "dbfilename", "appendfilename", "appenddirname",
		}},
		{"is set by the environment: the server listens where its Service and its probes expect it", []string{
			"bind", "bind-source-addr", "port", "unixsocket", "unixsocketperm", "protected-mode", "daemonize", "supervised", "pidfile", "logfile", "syslog-enabled",
		}},
		{"is set by the environment, which generates the password", []string{
			"requirepass", "masterauth", "masteruser", "user", "aclfile", "acl-pubsub-default", "rename-command",
		}},
		{"loads a file or a program into the server", []string{
			"include", "loadmodule", "enable-debug-command", "enable-module-command", "enable-protected-configs",
		}},
		{"makes a part of several servers of this one", []string{
			"replicaof", "slaveof", "cluster-enabled", "cluster-config-file", "min-replicas-to-write", "min-slaves-to-write", "replica-priority", "slave-priority",
		}},
	}
}

// checkParameters reports parameters of servers in the cluster that are dangerous, or that are
// no parameters.
func (e *Environment) checkParameters(problems *Problems) {
	for _, name := range keys(e.Database.Parameters) {
		at := "database.parameters." + maskedStep(name)
		if !parameterName.MatchString(name) {
			problems.add(at, nil, "is no parameter of PostgreSQL: lower-case letters, digits and underscores")
			continue
		}
		if unknown := e.unknownToPostgres(name); unknown != "" {
			problems.add(at, nil, "%s", unknown)
			continue
		}
		checkParameter(problems, at, name, e.Database.Parameters[name], keptByPostgres())
	}
	e.checkSharedBuffers(problems)
	e.checkLogSize(problems)
	e.checkExtensions(problems)
	ofRedis := map[string]map[string]string{"cache.parameters": e.Cache.Parameters, "broker.parameters": e.Broker.Parameters}
	if e.RunsMemcached() {
		delete(ofRedis, "cache.parameters")
		e.checkMemcachedParameters(problems)
	}
	images := map[string]ImageName{"cache.parameters": e.Cache.Image, "broker.parameters": e.Broker.Image}
	for path, parameters := range ofRedis {
		for _, name := range keys(parameters) {
			at := path + "." + maskedStep(name)
			unknown := unknownToRedis(string(images[path]), name)
			switch {
			case !redisParameter.MatchString(name):
				problems.add(at, nil, "is no parameter of Redis: lower-case letters, digits and hyphens")
			case unknown != "":
				problems.add(at, nil, "%s", unknown)
			case strings.HasPrefix(name, "tls-"):
				problems.add(at, nil, "may not be set: it is set by namespace.tls")
			case path == "broker.parameters" && name == "appendfsync" && parameters[name] == "no":
				problems.add(at, parameters[name], "may lose every task of the last half minute when the node fails; use everysec, which is the default, or always")
			default:
				checkParameter(problems, at, name, parameters[name], keptByRedis())
			}
		}
	}
}

func checkParameter(problems *Problems, at, name, value string, all []kept) {
	if !parameterValue.MatchString(value) {
		problems.add(at, nil, "must be one line with at least one character")
	}
	for _, reason := range all {
		for _, refused := range reason.names {
			if name == refused {
				problems.add(at, nil, "may not be set: it %s", reason.because)
			}
		}
	}
}

// sharedBuffers is the parameter of the server's own cache, which counts in pages without a
// unit.
const (
	sharedBuffers = "shared_buffers"
	bufferPage    = 8 << 10
)

// checkSharedBuffers reports a server that the kernel kills as it starts, since its buffers have
// more memory than its container.
func (e *Environment) checkSharedBuffers(problems *Problems) {
	value, stated := e.Database.Parameters[sharedBuffers]
	limit, err := resource.ParseQuantity(string(e.Database.Resources.MemoryLimit))
	if !stated || err != nil {
		return
	}
	size, ok := sizes.PostgresBytes(value, bufferPage)
	if !ok {
		problems.add("database.parameters."+sharedBuffers, value, "is not a size such as 128MB")
		return
	}
	if size >= limit.Value() {
		problems.add("database.parameters."+sharedBuffers, value, "must be below database.resources.memoryLimit, which is %s; a quarter of it is usual", e.Database.Resources.MemoryLimit)
	}
}

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}
