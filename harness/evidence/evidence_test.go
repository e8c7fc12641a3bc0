package evidence_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

// sealed makes a bundle of one capture.
func sealed(t *testing.T, body string) (string, evidence.Manifest) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bundle")
	b, err := evidence.Create(dir, evidence.Head{Scenario: "camera"})
	require.NoError(t, err)
	rec, err := b.Begin(evidence.Capture{Source: "getprop", Phase: evidence.Before, Command: []string{"getprop"}})
	require.NoError(t, err)
	_, err = rec.Write([]byte(body))
	require.NoError(t, err)
	_, err = rec.End(nil, "", evidence.Coverage{State: evidence.Whole})
	require.NoError(t, err)
	m, err := b.Seal(evidence.Outcome{State: evidence.Finished})
	require.NoError(t, err)
	return dir, m
}

func TestASealedBundleOpensAsItWasSealed(t *testing.T) {
	dir, want := sealed(t, "[a]: [b]\n")
	got, err := evidence.Open(dir)
	require.NoError(t, err)
	assert.Equal(t, want.Captures, got.Captures)
	assert.Equal(t, "camera", got.Scenario)
	assert.Empty(t, evidence.Verify(dir))
	assert.Equal(t, "932124f76b7dee11481f7e4b21afefbba7ecb43885a39b302f5e8f8bf1a1f9da", got.Captures[0].SHA256)
}

func TestABundleThatWasNeverSealedIsNotOpened(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	b, err := evidence.Create(dir, evidence.Head{})
	require.NoError(t, err)
	require.NoError(t, b.Abandon())
	_, err = evidence.Open(dir)
	assert.ErrorIs(t, err, evidence.ErrUnsealed)
}

func TestTamperingIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(t *testing.T, dir string, m evidence.Manifest)
		want string
	}{
		"a changed byte": {func(t *testing.T, dir string, m evidence.Manifest) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, m.Captures[0].File), []byte("[a]: [c]\n"), 0o644))
		}, "SHA-256 is"},
		"a cut body": {func(t *testing.T, dir string, m evidence.Manifest) {
			require.NoError(t, os.Truncate(filepath.Join(dir, m.Captures[0].File), 3))
		}, "has 3 bytes, the manifest says 9"},
		"a body that is gone": {func(t *testing.T, dir string, m evidence.Manifest) {
			require.NoError(t, os.Remove(filepath.Join(dir, m.Captures[0].File)))
		}, "no such file"},
		"a body that leads elsewhere": {func(t *testing.T, dir string, m evidence.Manifest) {
			path := filepath.Join(dir, m.Captures[0].File)
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.Symlink("/etc/passwd", path))
		}, "is not a regular file"},
		"a manifest that leads out": {func(t *testing.T, dir string, m evidence.Manifest) {
			m.Captures[0].File = "../../etc/passwd"
			require.NoError(t, evidence.WriteJSON(filepath.Join(dir, "manifest.json"), m))
		}, "leads out of the bundle"},
		"a manifest that is none": {func(t *testing.T, dir string, m evidence.Manifest) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o644))
		}, "corrupt manifest"},
		"a manifest of another schema": {func(t *testing.T, dir string, m evidence.Manifest) {
			m.Schema = 99
			require.NoError(t, evidence.WriteJSON(filepath.Join(dir, "manifest.json"), m))
		}, "schema 99"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, m := sealed(t, "[a]: [b]\n")
			c.harm(t, dir, m)
			problems := evidence.Verify(dir)
			require.NotEmpty(t, problems)
			assert.ErrorContains(t, problems[0], c.want)
		})
	}
}

func TestNothingThatAHandsetSaidBecomesAPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	b, err := evidence.Create(dir, evidence.Head{})
	require.NoError(t, err)
	rec, err := b.Begin(evidence.Capture{Source: "../../x\x00", Subject: "../../y", Phase: evidence.During})
	require.NoError(t, err)
	c, err := rec.End(nil, "", evidence.Coverage{})
	require.NoError(t, err)
	assert.Equal(t, "captures/0001-______x_.during.txt", c.File)
	assert.Equal(t, "moto-e22.x.001", evidence.FolderName("moto e22", "../../x", "001", "\x1b[31m"[:1]))
}

func TestAJournalSurvivesATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j, err := evidence.OpenJournal(path)
	require.NoError(t, err)
	require.NoError(t, j.Append(evidence.Entry{Kind: evidence.RunStarted}))
	require.NoError(t, j.Append(evidence.Entry{Kind: evidence.JobStarted, Scenario: "camera"}))
	require.NoError(t, j.Close())
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	for cut := range len(raw) + 1 {
		require.NoError(t, os.WriteFile(path, raw[:cut], 0o644))
		entries, err := evidence.ReadJournal(path)
		require.NoError(t, err, "cut at byte %d", cut)
		whole := strings.Count(string(raw[:cut]), "\n")
		assert.Len(t, entries, whole, "cut at byte %d", cut)
		j, err := evidence.OpenJournal(path)
		require.NoError(t, err, "cut at byte %d", cut)
		require.NoError(t, j.Close())
		opened, err := evidence.ReadJournal(path)
		require.NoError(t, err, "cut at byte %d", cut)
		assert.Equal(t, entries, opened, "cut at byte %d: what was read is what stays", cut)
	}
}

func TestAJournalWithABrokenLineInsideIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	line, err := json.Marshal(evidence.Entry{Kind: evidence.RunStarted})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append([]byte("{broken\n"), append(line, '\n')...), 0o644))
	_, err = evidence.ReadJournal(path)
	assert.ErrorContains(t, err, "journal.jsonl:1: corrupt journal")
}

func TestAJournalGoesOnAfterATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	whole := journalOf(t, path, evidence.Entry{Kind: evidence.RunStarted})
	require.NoError(t, os.WriteFile(path, append(whole, `{"kind":"job st`...), 0o600))
	j, err := evidence.OpenJournal(path)
	require.NoError(t, err)
	require.NoError(t, j.Append(evidence.Entry{Kind: evidence.RunEnded}))
	require.NoError(t, j.Close())
	entries, err := evidence.ReadJournal(path)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, evidence.RunEnded, entries[1].Kind)
}

func TestCoverageIsCompleteOnlyWhereAbsenceProves(t *testing.T) {
	assert.True(t, evidence.Coverage{State: evidence.Whole}.Complete())
	assert.False(t, evidence.Coverage{}.Complete(), "the zero value knows nothing")
	assert.False(t, evidence.Coverage{State: evidence.Whole, Gaps: []evidence.Gap{{}}}.Complete())
	for _, s := range []evidence.State{evidence.Empty, evidence.Denied, evidence.Unsupported, evidence.TimedOut, evidence.Truncated, evidence.NotRun} {
		assert.False(t, evidence.Coverage{State: s}.Complete(), s)
	}
}

func TestABodyIsReadWhileItIsWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	b, err := evidence.Create(dir, evidence.Head{})
	require.NoError(t, err)
	rec, err := b.Begin(evidence.Capture{Source: "logcat", Phase: evidence.During})
	require.NoError(t, err)
	var all []byte
	for i := range 5000 {
		line := fmt.Appendf(nil, "line %d\n", i)
		_, err := rec.Write(line)
		require.NoError(t, err)
		if all = append(all, line...); i%97 != 0 {
			continue
		}
		read := make([]byte, len(line)+min(i, 1))
		n, err := rec.ReadAt(read, int64(len(all)-len(read)))
		require.NoError(t, err)
		require.Equal(t, string(all[len(all)-len(read):]), string(read[:n]))
	}
	n, err := rec.ReadAt(make([]byte, 10), int64(len(all))-4)
	assert.Equal(t, 4, n)
	assert.ErrorIs(t, err, io.EOF)
	c, err := rec.End(nil, "", evidence.Coverage{State: evidence.Whole})
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprintf("%x", sha256.Sum256(all)), c.SHA256)
	_, err = rec.ReadAt(make([]byte, 1), 0)
	assert.ErrorIs(t, err, os.ErrClosed)
	_, err = b.Seal(evidence.Outcome{State: evidence.Finished})
	require.NoError(t, err)
	assert.Empty(t, evidence.Verify(dir))
}
