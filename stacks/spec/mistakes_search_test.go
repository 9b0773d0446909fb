package spec_test

func searchMistakes() []wrong {
	inCluster := func(keysAndValues ...any) map[string]any {
		return object(append([]any{"kind", "in-cluster"}, keysAndValues...)...)
	}
	return []wrong{
		{"managed search on no cloud", minimal, "search", object("kind", "managed"), `search.kind: "managed": needs cloud aws: elsewhere there is no managed OpenSearch; use in-cluster`},
		{"managed search on Google Cloud", onGCP, "search", object("kind", "managed"), `search.kind: "managed": needs cloud aws: elsewhere there is no managed OpenSearch; use in-cluster`},
		{"search of another kind", minimal, "search", object("kind", "external"), `search.kind: "external": must be one of none, in-cluster, managed`},
		{"search without memory", minimal, "search", inCluster("memory", "1Gi"), `search.memory: "1Gi": must be at least 1536Mi`},
		{"memory of no search", minimal, "search", object("memory", "4Gi"), `search.memory: would be ignored, because search.kind is none`},
		{"version of a search in the cluster", minimal, "search", inCluster("version", "2.19"), `search.version: would be ignored, because search.kind is not managed`},
		{"disk of managed nodes in the cluster", onGCP, "search", inCluster("storage", "20Gi"), `search.storage: would be ignored, because search.kind is not managed`},
		{"zones of a search in the cluster", onAWS, "search", inCluster("availability", "single-zone"), `search.availability: would be ignored, because search.kind is not managed`},
		{"role of a search in the cluster", onAWS, "search", inCluster("serviceRole", "create"), `search.serviceRole: would be ignored, because search.kind is not managed`},
		{"image of a managed search", onAWS, "search", object("kind", "managed", "image", "a:1"), `search.image: would be ignored, because search.kind is not in-cluster`},
		{"volume of a managed search", onAWS, "search", object("kind", "managed", "volume", object("size", "20Gi")), `search.volume: would be ignored, because search.kind is not in-cluster`},
		{"TLS of a managed search", onAWS, "search", object("kind", "managed", "tls", "off"), `search.tls: would be ignored, because search.kind is not in-cluster`},
		{"CPU of no search", minimal, "search", object("cpu", "1"), `search.cpu: would be ignored, because search.kind is not in-cluster`},
		{"Elasticsearch", minimal, "search", inCluster("image", "docker.elastic.co/elasticsearch/elasticsearch:8.15.0"), `search.image: "docker.elastic.co/elasticsearch/elasticsearch:8.15.0": is no OpenSearch; leave it out for docker.io/opensearchproject/opensearch:2`},
		{"search without a release", minimal, "search", inCluster("image", "opensearchproject/opensearch"), `search.image: "opensearchproject/opensearch": must end in a tag or a digest`},
		{"search of no certain release in production", production, "search", inCluster("image", "opensearchproject/opensearch:latest"), `search.image: "opensearchproject/opensearch:latest": must name one release in production, not latest`},
		{"index without a disk", minimal, "search", inCluster("volume", object("size", "1")), `search.volume.size: "1": must be at least 1Mi`},
		{"class of no name", minimal, "search", inCluster("volume", object("storageClassName", "Fast Disk")), `search.volume.storageClassName: "Fast Disk"`},
		{"authority of a search without TLS", minimal, "", map[string]any{"search": inCluster(), "app.bindings": object("A", "search.caFile")}, `app.bindings.A: "search.caFile": is a value that this environment does not have, because no private authority signs the server's certificate`},
		{"authority of a managed search", onAWS, "", map[string]any{"search": object("kind", "managed", "availability", "single-zone"), "app.bindings": object("A", "search.caFile")}, `app.bindings.A: "search.caFile": is a value that this environment does not have, because no private authority signs the server's certificate`},
		{"search larger than the quota", minimal, "", map[string]any{"search": inCluster(), "namespace.quota": object("memory", "2Gi")}, `namespace.quota.memory: "2Gi"`},
	}
}
