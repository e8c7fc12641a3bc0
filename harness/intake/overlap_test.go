package intake_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/intake"
)

// moved makes the archive's central directory say that an entry stands at an offset.
func moved(t *testing.T, raw []byte, name string, offset int) []byte {
	t.Helper()
	raw = bytes.Clone(raw)
	for at := 0; ; at++ {
		next := bytes.Index(raw[at:], []byte("PK\x01\x02"))
		require.GreaterOrEqual(t, next, 0, "no entry %s", name)
		at += next
		length := int(binary.LittleEndian.Uint16(raw[at+28:]))
		if string(raw[at+46:at+46+length]) == name {
			binary.LittleEndian.PutUint32(raw[at+42:], uint32(offset))
			return raw
		}
	}
}

// stored writes entries unfolded, so that one may hold another's bytes.
func stored(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var raw bytes.Buffer
	w := zip.NewWriter(&raw)
	for _, f := range files {
		h := &zip.FileHeader{Name: f[0], Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(f[1])), CompressedSize64: uint64(len(f[1])), UncompressedSize64: uint64(len(f[1]))}
		out, err := w.CreateRaw(h)
		require.NoError(t, err)
		_, err = out.Write([]byte(f[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return raw.Bytes()
}

func TestEntriesThatShareBytesAreRefusedByName(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("[a]: [b]\n", 100)
	inner := stored(t, [2]string{"logcat.txt", text})
	local := string(inner[:bytes.Index(inner, []byte("PK\x01\x02"))])
	quoted := stored(t, [2]string{"getprop.txt", "quoted " + local}, [2]string{"logcat.txt", text})
	for name, raw := range map[string][]byte{
		"one after the other": stored(t, [2]string{"getprop.txt", text}, [2]string{"logcat.txt", text}, [2]string{"d/", ""}, [2]string{"empty.txt", ""}),
		"the same bytes":      moved(t, stored(t, [2]string{"getprop.txt", text}, [2]string{"logcat.txt", text}), "logcat.txt", 0),
		"one in the other":    moved(t, quoted, "logcat.txt", bytes.Index(quoted, []byte("quoted "))+len("quoted ")),
	} {
		path := filepath.Join(t.TempDir(), "acquisition.zip")
		write(t, path, raw)
		var s shelf
		err := intake.Take(path, &s)
		if name == "one after the other" {
			assert.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, intake.ErrRefused, name)
		assert.Contains(t, err.Error(), "acquisition.zip: ", name)
		assert.Contains(t, err.Error(), `"getprop.txt"`, name)
		assert.Contains(t, err.Error(), `"logcat.txt"`, name)
		assert.Contains(t, err.Error(), "share bytes", name)
		assert.Empty(t, s, name)
	}
}

// Each entry is modest; all of them are not.
func TestAnArchiveThatUnfoldsToFarMoreThanItsSizeIsRefused(t *testing.T) {
	t.Parallel()
	files := map[string]string{"getprop.txt": "[a]: [b]\n"}
	for i := range 8 {
		files[fmt.Sprintf("dumpsys_x%d.txt", i)] = strings.Repeat("a line of a dump\n", 600_000)
	}
	path := filepath.Join(t.TempDir(), "acquisition.zip")
	write(t, path, archive(t, files))
	var s shelf
	err := intake.Take(path, &s)
	require.ErrorIs(t, err, intake.ErrRefused)
	assert.Contains(t, err.Error(), "67108864 are the most: unpack what is wanted of it, and import the folder")
}

func TestAnArchiveThatListsEntriesWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	var files [][2]string
	for i := range 60_000 {
		files = append(files, [2]string{fmt.Sprintf("%0100d.txt", i), ""})
	}
	path := filepath.Join(t.TempDir(), "many.zip")
	write(t, path, stored(t, files...))
	err := intake.Take(path, &shelf{})
	require.ErrorIs(t, err, intake.ErrRefused)
	assert.Contains(t, err.Error(), "many.zip: refused: the archive's list of entries is longer than 4194304 bytes")
}
