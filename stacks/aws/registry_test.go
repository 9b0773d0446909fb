package aws

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRepositoryNameIsValidForEveryStackName(t *testing.T) {
	for stack, want := range map[string]string{"dev": "dev/blog", "Production": "production/blog", "pr_12.": "pr-12/blog"} {
		assert.Equal(t, want, repositoryName(stack, "blog"))
	}
}
