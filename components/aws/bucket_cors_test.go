package aws_test

import (
	"testing"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
)

func TestWildcardsThatS3DoesNotKnowAreRefused(t *testing.T) {
	rule := arguments.CORSRule{Origins: []string{"https://*.example.com"}, Methods: []string{"GET"}, Headers: []string{"*"}, Expose: []string{"ETag"}}
	for want, change := range map[string]func(*arguments.CORSRule){
		`CORS[0].Origins is "https://*.*.example.com", which has more than one *`: func(r *arguments.CORSRule) { r.Origins = []string{"https://*.*.example.com"} },
		`CORS[0].Headers is "x-*-*", which has more than one *`:                   func(r *arguments.CORSRule) { r.Headers = []string{"x-*-*"} },
		`CORS[0].Expose is "x-amz-*"; S3 allows no * there`:                       func(r *arguments.CORSRule) { r.Expose = []string{"ETag", "x-amz-*"} },
	} {
		wrong := rule
		change(&wrong)
		refuses(t, withBucket, func(a *aws.BucketArgs) { a.CORS = []arguments.CORSRule{wrong} }, want)
	}
}
