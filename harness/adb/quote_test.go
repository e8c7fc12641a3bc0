package adb

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQuoteLeavesPlainWordsReadable(t *testing.T) {
	assert.Equal(t, "am start -n com.android.camera2/.Camera --ei x 1", Quote("am", "start", "-n", "com.android.camera2/.Camera", "--ei", "x", "1"))
	assert.Equal(t, "exec logcat -v threadtime,uid '*:V'", Quote("exec", "logcat", "-v", "threadtime,uid", "*:V"))
	assert.Equal(t, "sh -c 'echo $HOME'", Quote("sh", "-c", "echo $HOME"))
	assert.Equal(t, "'A=1' B=2 'if' ''", Quote("A=1", "B=2")+" "+Quote("if")+" "+Quote(""))
	assert.Empty(t, Quote())
}

func TestShReadsQuotedWordsBack(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh on this computer")
	}
	words := []string{"", " ", "'", `"`, `\`, "a b", "$HOME", "`id`", "$(id)", "*", "~", "#x", "a;b", "a&b", "a|b", "a>b", "!", "{a,b}",
		"line\nline", "tab\t", "it's", "''", `\'`, "-n", "%s", "हिन्दी", "\x80\xff", "=", "A=1"}
	line := Quote(append([]string{"printf", `[%s]`}, words...)...)
	out, err := exec.Command(sh, "-c", line).Output()
	require.NoError(t, err)
	assert.Equal(t, "["+strings.Join(words, "][")+"]", string(out))
}

func FuzzQuote(f *testing.F) {
	f.Add("it's", "$x")
	f.Fuzz(func(t *testing.T, a, b string) {
		line := Quote(a, b)
		words, ok := unquote(line)
		if !ok || len(words) != 2 || words[0] != a || words[1] != b {
			t.Fatalf("%q reads back as %q", line, words)
		}
	})
}

// unquote splits a line as sh does, and refuses whatever sh might expand.
func unquote(line string) (words []string, ok bool) {
	var word strings.Builder
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'':
			end := strings.IndexByte(line[i+1:], '\'')
			if end < 0 {
				return nil, false
			}
			word.WriteString(line[i+1 : i+1+end])
			i += end + 1
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case c == ' ':
			words = append(words, word.String())
			word.Reset()
		case strings.IndexByte("$`\"*?[]{}()<>|&;~#!\n\t\\", c) >= 0:
			return nil, false
		default:
			word.WriteByte(c)
		}
	}
	return append(words, word.String()), true
}
