package evidence_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

// TestAFileOfAnotherVersionIsRefusedByIt: whatever else stands in it, and whatever
// this assay would say of that, its version comes first.
func TestAFileOfAnotherVersionIsRefusedByIt(t *testing.T) {
	format := evidence.Format{Oldest: 3, Newest: 4, Readers: map[int]string{2: "0123456789ab"}}
	for name, c := range map[string]struct {
		text    string
		version bool
		want    string
	}{
		"read":               {`{"schema": 3, "tool": "x"}`, false, ""},
		"written":            {`{"tool": "x", "schema": 4}`, false, ""},
		"older":              {`{"schema": 2}`, true, "f.json:1:10: of another version than this assay reads: schema 2, and this assay reads 3 to 4; use assay as of commit 0123456789ab"},
		"older, with keys":   {`{"gone": [{}], "schema": 2}`, true, "schema 2, and this assay reads 3 to 4"},
		"older, its writer":  {`{"schema": 2, "tool": "v1.2"}`, true, `use assay "v1.2", which wrote it, or assay as of commit 0123456789ab`},
		"oldest":             {`{"schema": 1}`, true, "schema 1, and this assay reads 3 to 4; use the assay that wrote it"},
		"newer":              {`{"schema": 5}`, true, "schema 5, and this assay reads 3 to 4; use a later one"},
		"newer, with keys":   {"{\n  \"schema\": 5,\n  \"new\": {\"tool\": 1},\n  \"tool\": \"v9\"\n}", true, `f.json:2:11: of another version than this assay reads: schema 5, and this assay reads 3 to 4; use assay "v9", which wrote it, or a later one`},
		"a tool that is one": {`{"schema": 5, "tool": ["v9"]}`, true, "use a later one"},
		"a tool unnamed":     {`{"schema": 5, "tool": "devel"}`, true, "reads 3 to 4; use a later one"},
		"missing":            {`{"tool": "x"}`, false, `f.json:1:1: key "schema" is missing`},
		"nothing":            {`{}`, false, `key "schema" is missing`},
		"null":               {`{"schema": null}`, false, `"schema" is null: it must be a whole number from 1`},
		"a word":             {`{"schema": "3"}`, false, `"schema" is "3": it must be a whole number from 1`},
		"a part":             {`{"schema": 3.5}`, false, `"schema" is 3.5: it must be a whole number from 1`},
		"zero":               {`{"schema": 0}`, false, `"schema" is 0: it must be`},
		"below":              {`{"schema": -3}`, false, `"schema" is -3: it must be`},
		"past an int":        {`{"schema": 99999999999999999999}`, false, `"schema" is 99999999999999999999: it must be`},
		"a list":             {`{"schema": [3]}`, false, `"schema" is [3]: it must be`},
		"twice":              {`{"schema": 3, "schema": 5}`, false, `key "schema" stands here a second time`},
		"another case":       {`{"Schema": 3}`, false, `key "schema" is missing`},
		"an unknown key":     {`{"schema": 3, "new": 1}`, false, `unknown key "new"`},
		"no object":          {`[3]`, false, "a list, where none belongs"},
		"cut off":            {`{"schema`, false, "f.json:1:"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f.json")
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			var v struct {
				Schema int    `json:"schema"`
				Tool   string `json:"tool"`
			}
			digest, err := format.Read(path, 1000, &v)
			assert.Equal(t, evidence.Digest([]byte(c.text)), digest)
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, "x", v.Tool)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.Equal(t, c.version, errors.Is(err, evidence.ErrVersion))
		})
	}
}
