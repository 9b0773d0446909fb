package reference

import (
	"encoding/json"
	"fmt"

	"github.com/invopop/jsonschema"

	"github.com/djangostack/djangostack/stacks/spec"
)

// StackSchemaPath is where the schema of a stack's file is, below the project's directory.
const StackSchemaPath = "schemas/pulumi-stack.schema.json"

// Modeline is the first line of a stack's file, by which editors find the schema
// (https://github.com/redhat-developer/yaml-language-server#using-inlined-schema).
const Modeline = "# yaml-language-server: $schema=./" + StackSchemaPath

// StackSchema returns the JSON Schema of a whole file Pulumi.<stack>.yaml, for the schema of
// the environment, as spec.Schema returns it. Encrypted values are allowed where the
// environment has secrets (https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/).
func StackSchema(environment []byte) ([]byte, error) {
	var object jsonschema.Schema
	if err := json.Unmarshal(environment, &object); err != nil {
		return nil, fmt.Errorf("reading the schema of the environment: %w", err)
	}
	sayInWords(&object)
	definitions := object.Definitions
	if err := allowEncrypted(definitions); err != nil {
		return nil, err
	}
	object.Version, object.Definitions = "", nil
	definitions["Environment"] = &object
	definitions["Encrypted"] = encrypted()

	config := jsonschema.NewProperties()
	for _, key := range []string{"djangostack:" + spec.ConfigKey, spec.ConfigKey} {
		config.Set(key, &jsonschema.Schema{Ref: "#/$defs/Environment"})
	}
	file := jsonschema.NewProperties()
	file.Set("config", &jsonschema.Schema{
		Type: "object", Description: "The configuration of the stack, by namespace and key.", Properties: config,
		PatternProperties: map[string]*jsonschema.Schema{"^[^:]+(:[^:]+)?$": {}}, AdditionalProperties: jsonschema.FalseSchema,
	})
	file.Set("secretsprovider", text("What encrypts the secrets: passphrase, awskms://…, gcpkms://… and so on."))
	file.Set("encryptedkey", text("The data key, encrypted by a cloud's key service; Pulumi writes it."))
	file.Set("encryptionsalt", text("The salt of a passphrase; Pulumi writes it."))
	file.Set("environment", &jsonschema.Schema{Description: "Environments of Pulumi ESC that the stack imports.", AnyOf: []*jsonschema.Schema{
		{Type: "array", Items: &jsonschema.Schema{}}, {Type: "object"},
	}})
	return encode(&jsonschema.Schema{
		Version: jsonschema.Version, Title: "Pulumi.<stack>.yaml", Type: "object",
		Description: "Configuration of one stack of djangostack.",
		Properties:  file, AdditionalProperties: jsonschema.FalseSchema, Definitions: definitions,
	})
}

// sayInWords adds to each pattern the message that editors show instead of it
// (https://github.com/microsoft/vscode-json-languageservice/blob/main/src/jsonSchema.ts).
func sayInWords(schema *jsonschema.Schema) {
	if schema == nil {
		return
	}
	if words := spec.FormOf(schema.Pattern); words != "" {
		schema.Extras = map[string]any{"patternErrorMessage": "must be " + words}
	}
	sayInWords(schema.Items)
	sayInWords(schema.AdditionalProperties)
	for _, definition := range schema.Definitions {
		sayInWords(definition)
	}
	for field := schema.Properties.Oldest(); field != nil; field = field.Next() {
		sayInWords(field.Value)
	}
}

// allowEncrypted lets the secrets of the definitions be encrypted.
func allowEncrypted(definitions jsonschema.Definitions) error {
	for definition, names := range spec.SecretFields() {
		for _, name := range names {
			if err := allowEncryptedField(definitions[definition], name); err != nil {
				return fmt.Errorf("%s.%s: %w", definition, name, err)
			}
		}
	}
	return nil
}

func allowEncryptedField(definition *jsonschema.Schema, name string) error {
	if definition == nil {
		return fmt.Errorf("the schema has no such definition")
	}
	field, known := definition.Properties.Get(name)
	if !known {
		return fmt.Errorf("the schema has no such field")
	}
	if isObject(field.AdditionalProperties) {
		field.AdditionalProperties = orEncrypted(field.AdditionalProperties)
		return nil
	}
	definition.Properties.Set(name, orEncrypted(field))
	return nil
}

func orEncrypted(plain *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Description: plain.Description, AnyOf: []*jsonschema.Schema{plain, {Ref: "#/$defs/Encrypted"}}}
}

// encrypted is Pulumi's form of an encrypted value.
func encrypted() *jsonschema.Schema {
	properties := jsonschema.NewProperties()
	properties.Set("secure", text("The encrypted value; djangostack config secret writes it."))
	return &jsonschema.Schema{Type: "object", Properties: properties, Required: []string{"secure"}, AdditionalProperties: jsonschema.FalseSchema}
}

func text(description string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Description: description}
}

func encode(schema *jsonschema.Schema) ([]byte, error) {
	out, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the schema: %w", err)
	}
	return append(out, '\n'), nil
}
