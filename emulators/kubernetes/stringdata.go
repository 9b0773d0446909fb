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
	if !ok {
		data = map[string]any{}
	}
	for key, value := range texts {
		text, isText := value.(string)
		if !isText {
			return
		}
		data[key] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	o["data"] = data
	delete(o, "stringData")
}
