package intake_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"

	"assay/harness/evidence"
	"assay/harness/intake"
)

// TestAFileIsWhatItBeginsAs gives one report and one list of properties under many
// names, alone and in a folder.
func TestAFileIsWhatItBeginsAs(t *testing.T) {
	t.Parallel()
	inZip := archive(t, map[string]string{"dumpState_A305_202609011011.log": report})
	for name, raw := range map[string][]byte{
		"bugreport.zip":                 []byte(report),
		"bugreport-crlf.zip":            []byte(strings.ReplaceAll(report, "\n", "\r\n")),
		"dumpState_A305_2026.log":       []byte(report),
		"dumpstate.txt":                 []byte(report),
		"holiday":                       []byte(report),
		"bugreport.txt":                 zipped(t, report),
		"getprop.txt":                   []byte(report),
		"dumpState_A305_2026.zip":       inZip,
		"a zip called.txt":              inZip,
		"folded.gz":                     zipped(t, string(inZip)),
		"2026-09-01.zip":                archive(t, map[string]string{"bugreport-one.zip": string(inZip), "log/aee.txt": "x"}),
		"rezipped.zip":                  archive(t, map[string]string{"a/report/main_entry.txt": "bugreport-one.txt", "a/report/bugreport-one.txt": report}),
		"deep.zip":                      archive(t, map[string]string{"x/bugreport-one.txt": report, "y/note": "x"}),
		"two deep.zip":                  archive(t, map[string]string{"a.zip": string(archive(t, map[string]string{"b.zip": string(inZip)}))}),
		"with two texts.zip":            archive(t, map[string]string{"main_entry.txt": "z.txt", "z.txt": report, "bugreport-a.txt": strings.ReplaceAll(report, "[a]", "[other]")}),
		"one of two, without entry.zip": archive(t, map[string]string{"a.txt": strings.ReplaceAll(report, "[a]", "[other]"), "bugreport-z.txt": report}),
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		write(t, path, raw)
		write(t, filepath.Join(dir, "bugreport-one-dumpstate_log-22192.txt"), []byte("Duration of 'DUMPSYS': 28.78s\ndone\n"))
		for _, from := range []string{path, dir} {
			var s shelf
			require.NoError(t, intake.Take(from, &s), "%s", name)
			if assert.Len(t, s.of("getprop"), 1, "%s", name) {
				assert.Equal(t, "[a]: [b\nc]\n", strings.ReplaceAll(s.of("getprop")[0].body, "\r", ""), "%s", name)
			}
		}
	}
}

func TestAFolderOfAnUnpackedBugreportIsTaken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, map[string]string{"dumpstate.txt": report, "main_entry.txt": "dumpstate.txt", "version.txt": "2.0", "FS/proc/x": "y"})
	var s shelf
	require.NoError(t, intake.Take(dir, &s))
	require.Len(t, s.of("getprop"), 1)
	var left []string
	for _, p := range s.of(intake.NotTaken) {
		left = append(left, p.coverage.Reason)
	}
	assert.Equal(t, []string{"main_entry.txt: names the bugreport's text", "version.txt: neither its name nor how it begins tells a source",
		"FS/: folders in a folder are not entered"}, left)
}

func TestPrintOutsWithoutANameThatTellsAreToldByTheirFirstLine(t *testing.T) {
	t.Parallel()
	for text, source := range map[string]string{
		"[ro.build.version.sdk]: [33]\n":                                      "getprop",
		"\n\xef\xbb\xbf"[1:] + "[ro.build.version.sdk]: [33]\n":               "getprop",
		"package:/system/app/A/A.apk=a.b\n":                                   "pm-list-packages",
		"package:android\n":                                                   "pm-list-packages",
		"--------- beginning of main\n":                                       "logcat",
		"Current AppOps Service state:\n":                                     "dumpsys-appops",
		"\n# begin build properties\nro.build.id=A\n":                         "build-prop",
		dashes + "DUMP OF SERVICE appops:\nCurrent AppOps Service state:\n":   "dumpsys-appops",
		"------ SYSTEM PROPERTIES (getprop) ------\n[a]: [b]\n":               "getprop",
		"ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  User 0 a\n": "dumpsys-activity-services",
	} {
		path := filepath.Join(t.TempDir(), "note")
		write(t, path, []byte(text))
		var s shelf
		require.NoError(t, intake.Take(path, &s), "%q", text)
		assert.Equal(t, source, s.pieces[0].Source, "%q", text)
	}
}

// TestWhatIsCutOutOfAReportDoesNotShowWhereItEnds holds for sections without the
// report's first lines.
func TestWhatIsCutOutOfAReportDoesNotShowWhereItEnds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "dumpstate_board.txt")
	write(t, path, []byte("------ PROPERTIES (/vendor/bin/getprop) ------\n[a]: [b]\n------ X (ls) ------\nx\n"))
	var s shelf
	require.NoError(t, intake.Take(path, &s))
	assert.Equal(t, evidence.Truncated, s.of("getprop")[0].coverage.State)
}

// TestTextInAnotherEncodingIsRead gives UTF-16 in both orders, with its mark and
// without, alone and in an archive.
func TestTextInAnotherEncodingIsRead(t *testing.T) {
	t.Parallel()
	for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		for _, mark := range []unicode.BOMPolicy{unicode.UseBOM, unicode.IgnoreBOM} {
			encode := unicode.UTF16(order, mark).NewEncoder()
			name := fmt.Sprint(order, mark)
			loose := encoded(t, encode, "[a]: [b]\r\n[c]: [ü]\r\n")
			whole := encoded(t, encode, report)
			dir := t.TempDir()
			write(t, filepath.Join(dir, "getprop.txt"), loose)
			var s shelf
			require.NoError(t, intake.Take(dir, &s))
			require.Len(t, s.of("getprop"), 1)
			assert.Equal(t, "[a]: [b]\r\n[c]: [ü]\r\n", s.of("getprop")[0].body, name)
			assert.Contains(t, s.of("getprop")[0].coverage.Reason, "decoded from UTF-16")
			for file, raw := range map[string][]byte{"r.txt": whole, "r.txt.gz": zipped(t, string(whole)), "r.zip": archive(t, map[string]string{"r": string(whole)})} {
				path := filepath.Join(t.TempDir(), file)
				write(t, path, raw)
				var s shelf
				require.NoError(t, intake.Take(path, &s), "%s %s", name, file)
				require.Len(t, s.of("getprop"), 1)
				assert.Equal(t, "[a]: [b\nc]\n", s.of("getprop")[0].body, "%s %s", name, file)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "getprop.txt")
	write(t, path, []byte("\xff\xfe\x00\x00[\x00\x00\x00"))
	assert.ErrorContains(t, intake.Take(path, &shelf{}), "UTF-32: convert it to UTF-8")
}

func encoded(t *testing.T, e *encoding.Encoder, text string) []byte {
	t.Helper()
	raw, err := e.Bytes([]byte(text))
	require.NoError(t, err)
	return raw
}

// TestABadFileEndsNothingButItself puts each kind of file that cannot be read beside
// one that can, in a folder and in an archive.
func TestABadFileEndsNothingButItself(t *testing.T) {
	t.Parallel()
	long := zipped(t, strings.Repeat("[a]: [b]\n", 5000))
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"bugreport-dumpstate_log-1.txt": {[]byte("done\n"), "neither its name nor how it begins"},
		"bugreport-cut.zip":             {archive(t, map[string]string{"bugreport-x.txt": report})[:100], "not a whole zip"},
		"bugreport-out.zip":             {archive(t, map[string]string{"../bugreport-x.txt": report}), "leads out of the archive"},
		"bugreport-none.zip":            {archive(t, map[string]string{"a": "x"}), "holds no print-out"},
		"cut.gz":                        {long[:12], "cannot be read: unexpected EOF"},
		"torn.gz":                       {long[:4], "its gzip cannot be unfolded: unexpected EOF"},
		"locked.zip":                    {[]byte("age-encryption.org/v1\n"), "decrypt it first"},
		"logs.7z":                       {[]byte("7z\xbc\xaf\x27\x1c..."), "7z archive: unpack it"},
		"logs.tar":                      {append(make([]byte, 257), "ustar\x0000"...), "tar archive: unpack it"},
		"utf32.txt":                     {[]byte("\xff\xfe\x00\x00[\x00\x00\x00"), "UTF-32"},
		"picture.png":                   {[]byte("\x89PNG\r\n\x1a\n..."), "picture"},
		"three deep.zip": {archive(t, map[string]string{"a.zip": string(archive(t, map[string]string{"b.zip": string(archive(t,
			map[string]string{"c.zip": string(archive(t, map[string]string{"bugreport-x.txt": report}))}))}))}), "opened 2 deep"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), c.raw)
		write(t, filepath.Join(dir, "getprop.txt"), []byte("[a]: [b]\n"))
		packed := filepath.Join(t.TempDir(), "all.zip")
		write(t, packed, archive(t, map[string]string{name: string(c.raw), "getprop.txt": "[a]: [b]\n"}))
		for _, from := range []string{dir, packed} {
			var s shelf
			require.NoError(t, intake.Take(from, &s), "%s in %s", name, from)
			assert.Len(t, s.of("getprop"), 1, name)
			left := s.of(intake.NotTaken)
			if assert.NotEmpty(t, left, name) {
				assert.True(t, strings.HasPrefix(left[0].coverage.Reason, strings.TrimSuffix(name, ".zip")), "%s", left[0].coverage.Reason)
				var all []string
				for _, p := range left {
					all = append(all, p.coverage.Reason)
				}
				assert.Contains(t, strings.Join(all, "\n"), c.want, name)
			}
		}
		alone := t.TempDir()
		write(t, filepath.Join(alone, name), c.raw)
		err := intake.Take(alone, &shelf{})
		if assert.Error(t, err, name) {
			assert.ErrorContains(t, err, name)
			assert.ErrorContains(t, err, c.want)
		}
		assert.ErrorContains(t, intake.Take(filepath.Join(alone, name), &shelf{}), name)
	}
}

// TestAGzipThatIsCutOffIsTakenUpToThere names the file; what was read of it stands.
func TestAGzipThatIsCutOffIsTakenUpToThere(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	for i := range 20000 {
		fmt.Fprintf(&text, "[key.%d]: [%x]\n", i, i*i*7919)
	}
	raw := zipped(t, text.String())
	dir := t.TempDir()
	write(t, filepath.Join(dir, "getprop.txt.gz"), raw[:len(raw)/2])
	write(t, filepath.Join(dir, "ps.txt"), []byte("x\n"))
	var s shelf
	require.NoError(t, intake.Take(dir, &s))
	p := s.of("getprop")[0]
	assert.True(t, strings.HasPrefix(text.String(), p.body) && len(p.body) > 1000)
	assert.Equal(t, evidence.Coverage{State: evidence.Truncated, Reason: "getprop.txt.gz could not be read further: unexpected EOF"}, p.coverage)
	assert.Len(t, s.of("ps"), 1)
}

// TestArchivesInArchivesAreBounded holds for their depth, their files and their bytes
// together, and leaves no copy behind.
func TestArchivesInArchivesAreBounded(t *testing.T) {
	dir, scratch := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", scratch)
	many := map[string]string{}
	for i := range 8000 {
		many[fmt.Sprint(i)] = ""
	}
	inner := string(archive(t, many))
	write(t, filepath.Join(dir, "many.zip"), archive(t, map[string]string{"a.zip": inner, "b.zip": inner, "c.zip": inner}))
	err := intake.Take(filepath.Join(dir, "many.zip"), &shelf{})
	assert.ErrorIs(t, err, intake.ErrRefused)
	assert.ErrorContains(t, err, "more than 20000 files together")
	left, err := os.ReadDir(scratch)
	require.NoError(t, err)
	assert.Empty(t, left)
}
