package aws

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	awss3 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// CORSRule lets pages of other origins use a bucket.
type CORSRule struct {
	// Origins with scheme, for instance https://www.example.com; one * in it is any.
	Origins []string
	// Methods are among GET, PUT, HEAD, POST and DELETE.
	Methods []string
	// Headers that a request may carry; one * in it is any.
	Headers []string
	// Expose lists the headers that a page's script may read of an answer.
	Expose []string
	// MaxAgeSeconds is how long a browser remembers the rule.
	MaxAgeSeconds int
}

// corsRuleLimit is the number of rules that a bucket takes.
const corsRuleLimit = 100

func checkCORS(rules []CORSRule) error {
	var problems []error
	if len(rules) > corsRuleLimit {
		problems = append(problems, within("Bucket", "number of CORS rules", len(rules), 0, corsRuleLimit))
	}
	methods := []string{"GET", "PUT", "HEAD", "POST", "DELETE"}
	for i, rule := range rules {
		at := fmt.Sprintf("CORS[%d]", i)
		if len(rule.Origins) == 0 {
			problems = append(problems, fmt.Errorf("Bucket: %s.Origins is required", at))
		}
		if len(rule.Methods) == 0 {
			problems = append(problems, fmt.Errorf("Bucket: %s.Methods is required", at))
		}
		for _, method := range rule.Methods {
			if !slices.Contains(methods, method) {
				problems = append(problems, oneOf("Bucket", at+".Methods", method, methods...))
			}
		}
		problems = append(problems, checkWildcards(at, rule))
	}
	return errors.Join(problems...)
}

// checkWildcards finds what S3 takes for more than it knows
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html).
func checkWildcards(at string, rule CORSRule) error {
	var problems []error
	for field, patterns := range map[string][]string{"Origins": rule.Origins, "Headers": rule.Headers} {
		for _, pattern := range patterns {
			problems = append(problems, refused(strings.Count(pattern, "*") > 1, "Bucket", fmt.Sprintf("%s.%s is %q, which has more than one *", at, field, pattern)))
		}
	}
	for _, header := range rule.Expose {
		problems = append(problems, refused(strings.Contains(header, "*"), "Bucket", fmt.Sprintf("%s.Expose is %q; S3 takes no * there", at, header)))
	}
	return errors.Join(problems...)
}

func (a *BucketArgs) cors(ctx *pulumi.Context, b *Bucket, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	if len(a.CORS) == 0 {
		return nil, nil
	}
	rules := awss3.BucketCorsConfigurationV2CorsRuleArray{}
	for _, rule := range a.CORS {
		rules = append(rules, awss3.BucketCorsConfigurationV2CorsRuleArgs{
			AllowedOrigins: pulumi.ToStringArray(rule.Origins),
			AllowedMethods: pulumi.ToStringArray(rule.Methods),
			AllowedHeaders: pulumi.ToStringArray(rule.Headers),
			ExposeHeaders:  pulumi.ToStringArray(rule.Expose),
			MaxAgeSeconds:  pulumi.Int(rule.MaxAgeSeconds),
		})
	}
	return awss3.NewBucketCorsConfigurationV2(ctx, b.name+"-cors", &awss3.BucketCorsConfigurationV2Args{
		Bucket:    b.Name,
		CorsRules: rules,
	}, opts...)
}
