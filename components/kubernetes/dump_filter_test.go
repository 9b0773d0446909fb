package kubernetes_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// section is one object of a dump as pg_dump writes it.
func section(kind, name, owner string, lines ...string) string {
	return "--\n-- Name: " + name + "; Type: " + kind + "; Schema: public; Owner: " + owner + "\n--\n\n" + strings.Join(lines, "\n") + "\n\n"
}

// filtered is what passes of a whole dump but for comments and empty lines, and what
// is told.
func filtered(t *testing.T, dump string) (passed []string, told string) {
	t.Helper()
	out, told, whole := filter(t, dump+"--\n-- PostgreSQL database dump complete\n--\n\n")
	require.True(t, whole, told)
	for _, line := range strings.Split(out, "\n") {
		if line != "" && !strings.HasPrefix(line, "--") {
			passed = append(passed, line)
		}
	}
	return passed, told
}

func filter(t *testing.T, dump string) (passed, told string, whole bool) {
	t.Helper()
	program, err := os.ReadFile("dump.awk")
	require.NoError(t, err)
	var out, complaints strings.Builder
	command := exec.Command("awk", string(program))
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(dump), &out, &complaints
	err = command.Run()
	return out.String(), complaints.String(), err == nil
}

func TestADumpKeepsWhatTheOwnerOfADatabaseMayDo(t *testing.T) {
	const table = "CREATE TABLE public.posts (id bigint);"
	after := section("TABLE", "posts", "-", table)
	for name, one := range map[string]struct {
		dump string
		want []string
	}{
		"owner":                    {section("TABLE", "posts", "rdsadmin", table, "", "", "ALTER TABLE public.posts OWNER TO rdsadmin;"), []string{table}},
		"owner in quotes":          {section("TABLE", "posts", `a "b"`, table, "", "", `ALTER TABLE public.posts OWNER TO "a ""b""";`), []string{table}},
		"owner of a view":          {section("VIEW", "v", "x", "CREATE VIEW", "", "", "ALTER TABLE public.v OWNER TO x;"), []string{"CREATE VIEW"}},
		"owner of a large object":  {section("BLOB METADATA", "1", "x", "SELECT 1;", "ALTER LARGE OBJECT 1 OWNER TO x;"), []string{"SELECT 1;"}},
		"rights":                   {section("ACL", "TABLE posts", "x", "GRANT SELECT ON TABLE public.posts TO reader;") + after, []string{table}},
		"later rights":             {section("DEFAULT ACL", "-", "x", "ALTER DEFAULT PRIVILEGES FOR ROLE x;") + after, []string{table}},
		"comment on an extension":  {section("COMMENT", "EXTENSION citext", "", "COMMENT ON EXTENSION citext IS 'text';") + after, []string{table}},
		"comment on public":        {section("COMMENT", "SCHEMA public", "x", "COMMENT ON SCHEMA public IS 'ours';") + after, []string{table}},
		"comment on a table":       {section("COMMENT", "TABLE posts", "x", "COMMENT ON TABLE public.posts IS 'ours';"), []string{"COMMENT ON TABLE public.posts IS 'ours';"}},
		"schema that is there":     {section("SCHEMA", "public", "x", "CREATE SCHEMA public;"), []string{"CREATE SCHEMA IF NOT EXISTS public;"}},
		"setting of newer servers": {"SET lock_timeout = 0;\nSET transaction_timeout = 0;\n", []string{"SET lock_timeout = 0;"}},
		"transactions":             {section("BLOBS", "BLOBS", "-", "BEGIN;", "SELECT 1;", "COMMIT;"), []string{"SELECT 1;"}},
		"text like a section":      {section("COMMENT", "COLUMN posts.id", "x", "COMMENT ON COLUMN public.posts.id IS 'many", "-- Name: x; Type: ACL; Schema: public; Owner: x", "lines';"), []string{"COMMENT ON COLUMN public.posts.id IS 'many", "lines';"}},
		"name like a type":         {section("SCHEMA", "odd; Type: ACL", "x", `CREATE SCHEMA "odd; Type: ACL";`), []string{`CREATE SCHEMA IF NOT EXISTS "odd; Type: ACL";`}},
		"restriction":              {"\\restrict abc\n" + section("ACL", "TABLE posts", "x", "GRANT", "\\unrestrict abc"), []string{"\\restrict abc", "\\unrestrict abc"}},
	} {
		t.Run(name, func(t *testing.T) {
			passed, told := filtered(t, one.dump)
			assert.Equal(t, one.want, passed)
			assert.Empty(t, told)
		})
	}
}

func TestObjectsOfASuperuserAreLeftOutOfADump(t *testing.T) {
	passed, told := filtered(t, section("EVENT TRIGGER", "awsdms_intercept_ddl", "rdsadmin", "CREATE EVENT TRIGGER awsdms_intercept_ddl;"))

	assert.Empty(t, passed)
	assert.Equal(t, "Left out, because only a superuser may make it: EVENT TRIGGER awsdms_intercept_ddl\n", told)
}

func TestAnExtensionIsCreatedIfThereIsPermission(t *testing.T) {
	passed, _ := filtered(t, section("EXTENSION", "o'clock", "-", `CREATE EXTENSION IF NOT EXISTS "o'clock" WITH SCHEMA public;`))

	require.Len(t, passed, 1)
	assert.Contains(t, passed[0], `BEGIN CREATE EXTENSION IF NOT EXISTS "o'clock" WITH SCHEMA public; EXCEPTION WHEN OTHERS`)
	assert.Contains(t, passed[0], `'o''clock'`)
}

func TestRowsOfADumpPassWhateverTheySay(t *testing.T) {
	looks := []string{
		"ALTER TABLE public.posts OWNER TO blog;",
		"-- Name: TABLE posts; Type: ACL; Schema: public; Owner: blog",
		"GRANT SELECT ON public.posts TO reader;",
		"-- PostgreSQL database dump complete",
		"\\connect elsewhere",
	}
	copied := "COPY public.posts (body) FROM stdin;\n\n" + strings.Join(looks, "\n\n") + "\n\\.\n"
	inserted := "INSERT INTO public.posts VALUES ('it''s\n\n" + strings.Join(looks, "\n\n") + "');\n"
	for _, rows := range []string{copied, inserted} {
		dump := section("TABLE DATA", "posts", "blog", rows)
		passed, told, _ := filter(t, dump)
		assert.Equal(t, dump, passed)
		assert.Empty(t, told)
	}
}

func TestADumpThatIsCutShortIsSeen(t *testing.T) {
	for name, dump := range map[string]string{
		"in a table":     section("TABLE", "posts", "blog", "CREATE TABLE posts ("),
		"in rows":        section("TABLE DATA", "posts", "blog", "COPY public.posts FROM stdin;", "-- PostgreSQL database dump complete"),
		"in a text":      section("TABLE DATA", "posts", "blog", "INSERT INTO posts VALUES ('", "-- PostgreSQL database dump complete"),
		"empty":          "",
		"of many":        "\\connect blog\n-- PostgreSQL database dump complete\n",
		"no dump at all": "\x89PNG\r\n",
	} {
		_, _, whole := filter(t, dump)
		assert.False(t, whole, name)
	}
}
