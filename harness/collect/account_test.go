package collect_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
)

// accountNames is what a handset prints that does not know --checkin: all of
// it, names included.
const accountNames = `User UserInfo{0:Asha Specimen:4c13}:
  Accounts: 1
    Account {name=asha@specimen.example, type=specimen.mail}
    Account {name=Asha 7,7, type=specimen.chat}

  Account visibility:
    asha@specimen.example
      specimen.chat, 2
  asha@specimen.example,2
  specimen.mail,2
`

func TestNoNameOfAnAccountLeavesTheHandset(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here to run the collector's script with")
	}
	bin := t.TempDir()
	raw := filepath.Join(bin, "raw.txt")
	require.NoError(t, os.WriteFile(raw, []byte(accountNames), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(bin, "dumpsys"), []byte("#!"+sh+"\ncat '"+raw+"'\n"), 0o755))
	cmd := exec.Command(sh, "-c", find(t, "dumpsys-account").Forms[0].Script)
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, "User UserInfo{0}:\n  specimen.mail,2\n@@ end\n", string(out))
}

// TestWhatStandsInPlaceOfAccountsIsKept has the words of each release.
func TestWhatStandsInPlaceOfAccountsIsKept(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here to run the collector's script with")
	}
	for _, p := range android.DumpPhrases() {
		line := p.Starts + p.Holds + "account"
		bin := t.TempDir()
		raw := filepath.Join(bin, "raw.txt")
		require.NoError(t, os.WriteFile(raw, []byte("  Account name of Asha\n"+line+"\n"), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(bin, "dumpsys"), []byte("#!"+sh+"\ncat '"+raw+"'\n"), 0o755))
		cmd := exec.Command(sh, "-c", find(t, "dumpsys-account").Forms[0].Script)
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Equal(t, line+"\n@@ end\n", string(out))
	}
}
