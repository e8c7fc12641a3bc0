package strict_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/strict"
)

// inUTF16 writes a text as an editor would that is told "Unicode".
func inUTF16(order binary.AppendByteOrder, text string) (raw []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		raw = order.AppendUint16(raw, u)
	}
	return raw
}

func TestWhatIsNoTextIsToldByWhatItIs(t *testing.T) {
	t.Parallel()
	const text = "name: weather\nabout: खोज\n"
	for name, c := range map[string]struct {
		raw  []byte
		want string // empty: it is text
	}{
		"text":                     {[]byte(text), ""},
		"nothing":                  {nil, ""},
		"tabs and line ends":       {[]byte("a:\tb\r\nc: d\u0085e: f\r"), ""},
		"UTF-16LE":                 {inUTF16(binary.LittleEndian, "\ufeff"+text), "1:1: the file is UTF-16 text"},
		"UTF-16BE":                 {inUTF16(binary.BigEndian, "\ufeff"+text), "1:1: the file is UTF-16 text"},
		"UTF-16LE without a mark":  {inUTF16(binary.LittleEndian, text), "1:1: the file seems to be UTF-16 text"},
		"UTF-16BE without a mark":  {inUTF16(binary.BigEndian, text), "say with 'iconv -f UTF-16 -t UTF-8'"},
		"UTF-32":                   {[]byte("\xff\xfe\x00\x00n\x00\x00\x00"), "1:1: the file is UTF-32 text"},
		"gzip":                     {[]byte("\x1f\x8b\x08\x00"), "packed (gzip)"},
		"zip":                      {[]byte("PK\x03\x04"), "packed (zip)"},
		"Latin-1":                  {[]byte("a: b\nnote: caf\xe9\n"), "2:10: byte 0xE9 is not UTF-8"},
		"a cut character":          {[]byte("a: \xe0\xa4"), "1:4: byte 0xE0 is not UTF-8"},
		"after wide characters":    {[]byte("खोज: \xff"), "1:6: byte 0xFF is not UTF-8"},
		"NUL":                      {[]byte("a: b\nb: c\x00d\n"), "2:5: the control character U+0000"},
		"an escape":                {[]byte("a: \x1b[31m"), `1:4: the control character U+001B, which YAML does not take: take it out, or write "\x1B" in double quotes`},
		"DEL":                      {[]byte("a: \x7f"), "the control character U+007F"},
		"C1":                       {[]byte("a: \u009b"), "the control character U+009B"},
		"a character, and no mark": {[]byte("\ufffd: a"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := strict.Check("f.yaml", c.raw)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			var fault *strict.Fault
			require.ErrorAs(t, err, &fault)
			assert.ErrorContains(t, err, c.want)
			assert.True(t, strings.HasPrefix(err.Error(), "f.yaml:"), err)
		})
	}
}

// TestAMarkAtTheBeginningSaysNothing: some editors begin each file with one.
func TestAMarkAtTheBeginningSaysNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f.yaml"), []byte("\ufeffa: 1\n"), 0o600))
	raw, err := strict.ReadFile(filepath.Join(dir, "f.yaml"))
	require.NoError(t, err)
	assert.Equal(t, "a: 1\n", string(raw))
	raw, err = strict.ReadFS(os.DirFS(dir), "f.yaml")
	require.NoError(t, err)
	assert.False(t, bytes.Contains(raw, []byte("\ufeff")))
}
