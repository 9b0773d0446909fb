package security

import "strings"

const (
	projectMember = "gcp:projects/iAMMember:IAMMember"
	cryptoKey     = "gcp:kms/cryptoKey:CryptoKey"
	keyMember     = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
	repositoryGCP = "gcp:artifactregistry/repository:Repository"
)

func rightsOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GKE 5.2.2"}, Asks: "Pods get their permissions on Google Cloud from a dedicated service account, not from the node",
			Of: []string{"kubernetes:core/v1:ServiceAccount"}, Needs: []Need{arg(`metadata.annotations["iam.gke.io/gcp-service-account"]`, isGiven())},
		},
		{
			IDs: []string{"CIS GKE 5.2.2"}, Asks: "The same, with node groups",
			Of: []string{gkeCluster}, In: Other, Needs: []Need{arg("workloadIdentityConfig.workloadPool", isGiven())},
		},
		{
			IDs: []string{"CIS GKE 5.1.3"}, Asks: "Nodes only pull images",
			Of: []string{projectMember}, Where: &Where{Text: "about images", holds: func(r Resource) bool {
				role, _ := r.Inputs["role"].(string)
				return strings.HasPrefix(role, "roles/artifactregistry.")
			}},
			Needs: []Need{arg("role", is("roles/artifactregistry.reader"))},
		},
		{
			IDs: []string{"CKV_GCP_41", "CKV_GCP_49"}, Asks: "No member may impersonate every service account of the project",
			Of: []string{projectMember}, Needs: []Need{arg("role", noRole("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountAdmin", "roles/iam.workloadIdentityUser"))},
		},
		{
			IDs: []string{"CKV_GCP_42", "CKV_GCP_117"}, Asks: "No member owns, edits or administers the project",
			Of: []string{projectMember}, Needs: []Need{arg("role", noRole("roles/owner", "roles/editor", "roles/container.admin"))},
		},
		{
			IDs: []string{"CKV_GCP_46"}, Asks: "The accounts that every project has get nothing",
			Of: []string{projectMember}, Needs: []Need{arg("member", that("is no default account", func(got any) bool {
				member, ok := got.(string)
				return ok && !strings.HasSuffix(member, "-compute@developer.gserviceaccount.com") && !strings.HasSuffix(member, "@appspot.gserviceaccount.com")
			}, "serviceAccount:1-compute@developer.gserviceaccount.com", "serviceAccount:shop@appspot.gserviceaccount.com"))},
		},
	}
}

func noRole(roles ...string) Want {
	return that("is not "+strings.Join(roles, ", "), func(got any) bool {
		role, ok := got.(string)
		return ok && holdsNone(roles...).holds([]any{role})
	}, roles[0])
}

// nobodyUnknown requires a member that is not everyone.
func nobodyUnknown() Want {
	return that("is not everyone", func(got any) bool {
		member, ok := got.(string)
		return ok && member != "allUsers" && member != "allAuthenticatedUsers"
	}, "allUsers", "allAuthenticatedUsers")
}

func keysOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GCP 1.10", "CKV_GCP_43"}, Asks: "A key gets a new version every 90 days",
			Of: []string{cryptoKey}, Needs: []Need{arg("rotationPeriod", is("7776000s"))},
		},
		{
			IDs: []string{"CIS GCP 1.9", "CKV_GCP_112"}, Asks: "A key is used by those whom its policy names, not by everyone",
			Of: []string{keyMember}, Needs: []Need{arg("member", nobodyUnknown())},
		},
		{
			IDs: []string{"CKV_GCP_82"}, Asks: "No plan takes a key away", Note: "Pulumi's option `protect`, as checkov asks for Terraform's `prevent_destroy`",
			Of: []string{cryptoKey}, Needs: []Need{arg(protection, is(true))},
			NotMet: inStaging("made to be thrown away; a destroyed version can be restored for a day at least"),
		},
	}
}

func imagesOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GKE 5.1.1"}, Asks: "Images are scanned when they are pushed", Note: "In environments that create a registry",
			Of: []string{"gcp:projects/service:Service"}, Where: &Where{Text: "named containerscanning", holds: func(r Resource) bool {
				return strings.HasSuffix(r.Name, "containerscanning")
			}},
			Needs: []Need{arg("service", is("containerscanning.googleapis.com")), arg("disableOnDestroy", is(false))},
		},
		{
			IDs: []string{"CKV_GCP_84"}, Asks: "Images are encrypted with a key of the project",
			Of: []string{repositoryGCP}, Needs: []Need{arg("kmsKeyName", isGiven())},
		},
		{
			IDs: []string{"CKV_GCP_101"}, Asks: "Images are not public",
			Of: []string{repositoryGCP}, Needs: []Need{notNamedBy("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", "repository")},
		},
	}
}
