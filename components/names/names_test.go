package names_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/names"
)

func TestAShortNameStaysAsItIs(t *testing.T) {
	assert.Equal(t, "blog-staging-db", names.Fit(63, "blog", "staging", "db"))
	assert.Equal(t, "blog", names.Fit(4, "blog"), "exactly the limit")
}

func TestOnlyLettersDigitsAndSingleHyphensAreLeft(t *testing.T) {
	for given, want := range map[string]string{
		"Blog_Staging":     "blog-staging",
		"--a..b--":         "a-b",
		"feature/ABC-12 é": "feature-abc-12",
		"":                 "",
		"///":              "",
	} {
		assert.Equal(t, want, names.Fit(63, given), given)
	}
	assert.Equal(t, "a-b", names.Fit(63, "a", "", "b"))
}

func TestALongNameIsCutWithAStableHash(t *testing.T) {
	parts := []string{"a-very-long-application-name", "an-even-longer-stack-name"}
	cut := names.Fit(32, parts...)
	assert.Equal(t, "a-very-long-application-n-1bf6a8", cut)
	assert.Equal(t, cut, names.Fit(32, parts...))
}

func TestDistinctKeepsApartWhatFitDoesNot(t *testing.T) {
	plain := regexp.MustCompile(`^[a-z]+(\.[a-z]+)*$`)
	assert.Equal(t, "a-b", names.Distinct(20, plain, "a.b"))
	assert.Regexp(t, `^a-b-[0-9a-f]{6}$`, names.Distinct(20, plain, "a-b"))
	assert.NotEqual(t, names.Distinct(20, plain, "a-b"), names.Distinct(20, plain, "A-b"))
	assert.LessOrEqual(t, len(names.Distinct(20, plain, strings.Repeat("a-", 30))), 20)
}

func TestNamesThatDifferOnlyWhereTheyAreCutStayApart(t *testing.T) {
	long := strings.Repeat("x", 40)
	assert.NotEqual(t, names.Fit(20, long, "one"), names.Fit(20, long, "two"))
}

func TestEnvironmentsNeverShareAName(t *testing.T) {
	assert.Equal(t, "blog-production", names.Environment(63, "blog", "production"))
	assert.Equal(t, "blog-a-b", names.Environment(63, "blog-a", "b"))
	long := strings.Repeat("x", 31)
	for _, limit := range []int{12, 13, 14, 40, 63} {
		seen := map[string][2]string{}
		for _, pair := range [][2]string{
			{"blog", "a-b"}, {"blog-a", "b"}, {"blog", "a_b"}, {"blog", "a.b"}, {"blog", "A-b"}, {"blog", "ab"}, {"blog-a-b", "c"},
			{"blog-a", "b-c"}, {"blog", "a-b-c"}, {"blog", "-a-b"}, {"blog", "a-b-"}, {"blog", "B"}, {"blog", "b"}, {long, "a-b"}, {long + "-a", "b"},
		} {
			name := names.Environment(limit, pair[0], pair[1])
			assert.LessOrEqual(t, len(name), limit)
			assert.Regexp(t, `^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`, name)
			other, taken := seen[name]
			assert.False(t, taken, "%v and %v are both %s", pair, other, name)
			seen[name] = pair
		}
	}
}

func TestEveryLimitIsKept(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	for limit := 1; limit < 60; limit++ {
		fitted := names.Fit(limit, "an-application", "with-a-stack", "and-a-resource")
		assert.LessOrEqual(t, len(fitted), limit)
		assert.Regexp(t, form, fitted)
	}
	assert.Empty(t, names.Fit(0, "blog"))
}

func TestANameBeginsWithThePrefixOfItsFirstPart(t *testing.T) {
	for length := 1; length <= names.MaxDNSLabel; length++ {
		instance := names.Fit(names.MaxDNSLabel, strings.Repeat("a-b", 21)[:length])
		prefix := names.Prefix(names.MaxCronJob, instance)
		for _, limit := range []int{names.MaxCronJob, names.MaxDNSLabel} {
			for _, part := range []string{"web", "worker-" + strings.Repeat("x", 30)} {
				assert.True(t, strings.HasPrefix(names.Fit(limit, instance, part), prefix), "%s of %s", prefix, instance)
			}
		}
	}
	assert.Equal(t, "blog-dev-", names.Prefix(names.MaxCronJob, "blog-dev"), "the pods of blog-dev2 do not begin with it")
}
