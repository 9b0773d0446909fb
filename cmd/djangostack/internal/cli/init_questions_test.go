package cli

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInitAsksAgainAfterAWrongAnswer(t *testing.T) {
	var asked bytes.Buffer
	a := &app{Dependencies: Dependencies{Stderr: &asked}}
	options := initOptions{Tier: "staging"}
	answers := "My Shop\nshop\nregistry.example.com/shop\n\nazure\naws\nshop.example.com\nhttps://shop.example.com\n"
	require.NoError(t, a.askFrom(bufio.NewReader(strings.NewReader(answers)), &options, "/home/ann/My Shop"))
	assert.Equal(t, initOptions{App: "shop", Image: "registry.example.com/shop:1.0", Cloud: "aws", URL: "https://shop.example.com", Tier: "staging"}, options)
	for _, text := range []string{
		"Name of the app [my-shop]: ",
		"  My Shop must be lower-case letters, digits and hyphens",
		"  registry.example.com/shop must end in a tag or a digest",
		"  azure must be one of aws, gcp, none\n",
		"  shop.example.com must be an http or https URL",
	} {
		assert.Contains(t, asked.String(), text)
	}
	assert.Equal(t, 2, strings.Count(asked.String(), "Cloud: aws, gcp"), asked.String())
}
