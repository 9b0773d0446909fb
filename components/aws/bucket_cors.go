package aws

import (
	"errors"
	"fmt"
	"strings"

	awss3 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/validate"
)

func checkCORS(rules []arguments.CORSRule) error {
	problems := []error{
		validate.Within("Bucket", "number of CORS rules", len(rules), 0, limits.MaxCORSRules),
		arguments.CheckCORS(rules),
	}
	for i, rule := range rules {
		problems = append(problems, checkWildcards(fmt.Sprintf("CORS[%d]", i), rule))
	}
	return errors.Join(problems...)
}

// checkWildcards finds patterns that S3 does not support
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html).
func checkWildcards(at string, rule arguments.CORSRule) error {
	var problems []error
	several := func(field string, patterns []string) {
		for _, pattern := range patterns {
			problems = append(problems, validate.RefuseIf(strings.Count(pattern, "*") > 1, "Bucket", fmt.Sprintf("%s.%s is %q, which has more than one *", at, field, pattern)))
		}
	}
	several("Origins", rule.Origins)
	several("Headers", rule.Headers)
	for _, header := range rule.Expose {
		problems = append(problems, validate.RefuseIf(strings.Contains(header, "*"), "Bucket", fmt.Sprintf("%s.Expose is %q; S3 allows no * there", at, header)))
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
