package kubernetes

import "encoding/base64"

// foldStringData writes the plain texts of a Secret as data, which is what the server makes of them.
// The server notes nobody as the manager of stringData, so that a text taken out of it would stay for ever.
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
