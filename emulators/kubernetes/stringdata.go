package kubernetes

import "encoding/base64"

// foldStringData moves the texts of a Secret's stringData to data, as the server does. The server records no manager
// for stringData, so a text removed from it would remain in the cluster.
func (o object) foldStringData() {
	texts, ok := o["stringData"].(map[string]any)
	if !ok || o.text("kind") != "Secret" || o.text("apiVersion") != "v1" {
		return
	}
	data, ok := o["data"].(map[string]any)
	switch {
	case o["data"] == nil:
		data = map[string]any{}
	case !ok:
		return
	}
	for key, value := range texts {
		switch value := value.(type) {
		case string:
			data[key] = base64.StdEncoding.EncodeToString([]byte(value))
		case unknown:
			data[key] = value
		default:
			return
		}
	}
	o["data"] = data
	delete(o, "stringData")
}
