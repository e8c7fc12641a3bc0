package intake_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/intake"
)

// shelf is a sink that keeps everything.
type shelf struct {
	pieces []piece
	body   bytes.Buffer
}

type piece struct {
	intake.Piece
	body     string
	coverage evidence.Coverage
}

func (s *shelf) Begin(p intake.Piece) (io.Writer, error) {
	s.pieces = append(s.pieces, piece{Piece: p})
	s.body.Reset()
	return &s.body, nil
}

func (s *shelf) End(c evidence.Coverage) error {
	last := &s.pieces[len(s.pieces)-1]
	last.body, last.coverage = s.body.String(), c
	return nil
}

func (s *shelf) of(source string) []piece {
	var found []piece
	for _, p := range s.pieces {
		if p.Source == source {
			found = append(found, p)
		}
	}
	return found
}

const report = `========================================================
== dumpstate: 2026-11-02 08:00:00
========================================================
Build: X
------ SYSTEM PROPERTIES (getprop) ------
[a]: [b
c]
------ 0.052s was the duration of 'SYSTEM PROPERTIES' ------
------ SYSTEM LOG (logcat -v threadtime -v printable -v uid -d *:v) ------
--------- beginning of main
11-02 08:00:00.000  1000   832  5443 I Tag     : ------ not a heading ------
------ 0.571s was the duration of 'SYSTEM LOG' ------
------ LOG STATISTICS (logcat -b all -S) ------
size
------ 0.031s was the duration of 'LOG STATISTICS' ------
------ DUMPSYS HIGH (/system/bin/dumpsys) ------
-------------------------------------------------------------------------------
DUMP OF SERVICE HIGH meminfo:
x
--------- 0.040s was the duration of dumpsys meminfo, ending at: 2026-11-02 08:00:01
-------------------------------------------------------------------------------
DUMP OF SERVICE appops:
Current AppOps Service state:
-------------------------------------------------------------------------------
  a rule of its own stands above
-------------------------------------------------------------------------------
--------- 0.001s was the duration of dumpsys appops, ending at: 2026-11-02 08:00:02
-------------------------------------------------------------------------------
DUMP OF SERVICE media.camera:
*** SERVICE 'media.camera' DUMP TIMEOUT (10000ms) EXPIRED ***
--------- 10.001s was the duration of dumpsys media.camera, ending at: 2026-11-02 08:00:12
------ 12.0s was the duration of 'DUMPSYS' ------
========================================================
== dumpstate: done (id 1)
========================================================
`

func TestABugreportIsSplitIntoItsSourcesByteForByte(t *testing.T) {
	t.Parallel()
	var s shelf
	require.NoError(t, intake.Bugreport("bugreport.txt", strings.NewReader(report), &s))
	for source, want := range map[string]string{
		"getprop":           "[a]: [b\nc]\n",
		"logcat":            "--------- beginning of main\n11-02 08:00:00.000  1000   832  5443 I Tag     : ------ not a heading ------\n",
		"logcat-statistics": "size\n",
		"dumpsys-meminfo":   "x\n",
		"dumpsys-appops":    "Current AppOps Service state:\n" + dashes + "  a rule of its own stands above\n" + dashes,
	} {
		got := s.of(source)
		if assert.Len(t, got, 1, source) {
			assert.Equal(t, want, got[0].body)
			assert.Equal(t, evidence.Whole, got[0].coverage.State)
		}
	}
	head := s.of("dumpstate")
	require.Len(t, head, 1, "what stands before the first section")
	assert.Equal(t, "== dumpstate: 2026-11-02 08:00:00\n"+strings.Repeat("=", 56)+"\nBuild: X\n", head[0].body)
	assert.Equal(t, []string{"bugreport.txt", "header"}, head[0].Origin)
	camera := s.of("dumpsys-media-camera")
	require.Len(t, camera, 1)
	assert.Equal(t, evidence.TimedOut, camera[0].coverage.State)
}

// TestADumpThatTimedOutSaysSoInEachReleasesWords has the words of Android 7 and of 8.
func TestADumpThatTimedOutSaysSoInEachReleasesWords(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"*** SERVICE DUMP TIMEOUT EXPIRED ***", "*** SERVICE 'media.camera' DUMP TIMEOUT (10s) EXPIRED ***"} {
		text := strings.Replace(report, "*** SERVICE 'media.camera' DUMP TIMEOUT (10000ms) EXPIRED ***", words, 1)
		require.NotEqual(t, report, text)
		var s shelf
		require.NoError(t, intake.Bugreport("bugreport.txt", strings.NewReader(text), &s))
		camera := s.of("dumpsys-media-camera")
		require.Len(t, camera, 1)
		assert.Equal(t, evidence.Coverage{State: evidence.TimedOut, Reason: words}, camera[0].coverage)
	}
}

func TestOnlyTheFirstLinesOfAReportSayWhenItWasBegun(t *testing.T) {
	t.Parallel()
	forged := strings.ReplaceAll(report, "[a]: [b\n", "== dumpstate: 2031-01-01 00:00:00\n[a]: [b\n")
	forged = strings.Replace(forged, "------ SYSTEM LOG", "== dumpstate: 2031-01-01 00:00:00\n------ SYSTEM LOG", 1)
	var s shelf
	require.NoError(t, intake.Bugreport("bugreport.txt", strings.NewReader(forged), &s))
	head := s.of("dumpstate")
	require.Len(t, head, 1)
	assert.NotContains(t, head[0].body, "2031")
	assert.Contains(t, s.of("getprop")[0].body, "== dumpstate: 2031")
}

func TestABugreportThatIsCutOffSaysWhere(t *testing.T) {
	t.Parallel()
	at := strings.Index(report, "  a rule of its own")
	var s shelf
	require.NoError(t, intake.Bugreport("bugreport.txt", strings.NewReader(report[:at+5]), &s))
	last := s.pieces[len(s.pieces)-1]
	assert.Equal(t, "dumpsys-appops", last.Source)
	assert.Equal(t, evidence.Truncated, last.coverage.State)
}

func TestAnOldServiceDumpEndsAtTheNextHeading(t *testing.T) {
	t.Parallel()
	rule := strings.Repeat("-", 79) + "\n"
	var s shelf
	require.NoError(t, intake.Bugreport("b", strings.NewReader(
		"== dumpstate: x\n------ DUMPSYS (dumpsys) ------\n"+rule+"DUMP OF SERVICE battery:\nlevel\n"+rule+"DUMP OF SERVICE package:\np\n--------- 0.003s was the duration of dumpsys package\n------ 1.0s was the duration of 'DUMPSYS' ------\n"), &s))
	assert.Equal(t, "level\n", s.of("dumpsys-battery")[0].body)
	assert.Equal(t, "p\n", s.of("dumpsys-package")[0].body)
}

func TestALongLineIsABodysNotAHeading(t *testing.T) {
	t.Parallel()
	long := "------ " + strings.Repeat("x", 1<<20) + " (getprop) ------\n"
	var s shelf
	require.NoError(t, intake.Bugreport("b", strings.NewReader("------ A (logcat -d) ------\n"+long+"------ 1s was the duration of 'A' ------\n"), &s))
	require.Len(t, s.pieces, 1)
	assert.Equal(t, long, s.pieces[0].body)
}

func TestSourcesAreToldByTheNamesOfFiles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"getprop.txt": "getprop", "dumpsys_package.txt.gz": "dumpsys-package", "dumpsys_package_one.txt": "package-detail",
		"dumpsys_package_checkin.txt": "dumpsys-package-checkin", "logcat_events.txt.gz": "logcat", "logcat_statistics.txt": "logcat-statistics",
		"logcat_main_system_crash_2.txt": "logcat", "pm_list_packages_u.txt": "pm-list-packages", "ps.txt": "ps", "psychology.txt": "",
		"packages.json": "", "packages_xml.txt": "", "uiautomator_dump_ui_menu.xml": "ui-hierarchy", "view.xml": "", "processes.txt": "ps",
		"settings_secure.txt": "settings", "dumpsys_media_camera.txt": "dumpsys-media-camera", "notes.txt": "", "dumpsys_activity_2.txt": "dumpsys-activity",
	} {
		assert.Equal(t, want, intake.SourceOf(name), name)
	}
}

func TestAFolderIsTakenInWithoutItsBugreport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "getprop.txt"), []byte("[a]: [b]\n"))
	write(t, filepath.Join(dir, "dumpsys_appops.txt.gz"), zipped(t, "Current AppOps Service state:\n"))
	write(t, filepath.Join(dir, "bugreport.zip"), archive(t, map[string]string{"bugreport-x.txt": report}))
	write(t, filepath.Join(dir, "notes.md"), []byte("x"))
	var s shelf
	require.NoError(t, intake.Take(dir, &s))
	assert.Equal(t, "[a]: [b]\n", s.of("getprop")[0].body)
	assert.Equal(t, "Current AppOps Service state:\n", s.of("dumpsys-appops")[0].body)
	assert.Equal(t, evidence.NotRun, s.of("bugreport")[0].coverage.State)
	require.Len(t, s.of(intake.NotTaken), 1, "what its name does not tell is named")
	assert.Equal(t, evidence.Coverage{State: evidence.Unsupported, Reason: "notes.md: neither its name nor how it begins tells a source"}, s.of(intake.NotTaken)[0].coverage)
	assert.Len(t, s.pieces, 4)
}

func TestAZipIsTakenByItsMainEntry(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bugreport-x.zip")
	write(t, path, archive(t, map[string]string{"main_entry.txt": "bugreport-y.txt", "bugreport-y.txt": report, "FS/data/x": "noise"}))
	var s shelf
	require.NoError(t, intake.Take(path, &s))
	assert.Len(t, s.of("getprop"), 1)
}

func TestWhatIsUnsafeOrUselessIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, c := range map[string]struct {
		file string
		raw  []byte
		want string
	}{
		"a zip bomb":                   {"bugreport-bomb.zip", archive(t, map[string]string{"bugreport-x.txt": strings.Repeat("\x00", 80<<20)}), "refused"},
		"an entry that leads out":      {"bugreport-out.zip", archive(t, map[string]string{"main_entry.txt": "../../bugreport-x.txt", "../../bugreport-x.txt": report}), "leads out of the archive"},
		"a zip without a bugreport":    {"bugreport-none.zip", archive(t, map[string]string{"a.txt": "x"}), "no bugreport"},
		"a zip that is cut off":        {"bugreport-cut.zip", archive(t, map[string]string{"bugreport-x.txt": report})[:100], "not a whole zip"},
		"a text that is no bugreport":  {"holiday.txt", []byte("dear diary\n"), "neither a bugreport"},
		"a folder without a print-out": {"", nil, "holds no print-out"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, c.file)
			if c.file == "" {
				path = t.TempDir()
			} else {
				write(t, path, c.raw)
			}
			assert.ErrorContains(t, intake.Take(path, &shelf{}), c.want)
		})
	}
}

func TestAGzipThatUnfoldsTooFarIsCutAndSaysSo(t *testing.T) {
	t.Parallel()
	if testing.Short() || underRace {
		t.Skip("unfolds 80 MiB; skipped by -short and under the race detector, which sees another bomb")
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "getprop.txt.gz"), zipped(t, strings.Repeat("\x00", 80<<20)))
	assert.ErrorIs(t, intake.Take(dir, &shelf{}), intake.ErrRefused, "nothing else is there")
	write(t, filepath.Join(dir, "ps.txt"), []byte("PID\n"))
	var s shelf
	require.NoError(t, intake.Take(dir, &s))
	assert.Equal(t, evidence.Truncated, s.pieces[0].coverage.State)
	assert.LessOrEqual(t, len(s.pieces[0].body), 64<<20)
}

func FuzzBugreport(f *testing.F) {
	f.Add([]byte(report))
	f.Add([]byte("------ A (getprop) ------\nDUMP OF SERVICE x:\n--------- 1s was the duration of dumpsys x, ending at: y\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var first, second shelf
		require.NoError(t, intake.Bugreport("b", bytes.NewReader(raw), &first))
		require.NoError(t, intake.Bugreport("b", bytes.NewReader(raw), &second))
		assert.Equal(t, first.pieces, second.pieces)
		total := 0
		for _, p := range first.pieces {
			total += len(p.body)
			assert.NotEmpty(t, p.Source)
			assert.NotEqual(t, evidence.Unknown, p.coverage.State, "every piece was ended")
		}
		assert.LessOrEqual(t, total, len(raw))
	})
}

func write(t *testing.T, path string, raw []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, raw, 0o644))
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func archive(t *testing.T, entries map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range entries {
		e, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(e, text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}
