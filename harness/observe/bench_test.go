package observe

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Speed is judged by ratios within one run: machines differ, ratios carry over.
//
//	go test -run '^$' -bench . -cpu 1 ./harness/observe/
//
// Logcat/threadtime has at least 0.3 of the speed of Logcat/newlines (which does what wc -l does:
// read the file and count), and allocates nothing for a line. Take the best of -count 5, on a
// machine that does nothing else. MVT (CPython 3.11) reads dumpsys package at 41 to 96 MB/s and
// dumpsys appops at 19 to 23 MB/s; here it is at least 12 and 20 times that. The package dump is
// that of testdata/dumpsys-package, with its package blocks repeated.

// logText is a log of threadtime entries, the same each time, of about size bytes.
func logText(size int) []byte {
	tags := []string{"ActivityManager", "WifiHAL", "Icing", "NetworkMonitor/102", "vendor.specimen"}
	messages := []string{
		"Start proc 26002:specimen.camera/u0a81 for activity specimen.camera/.Main",
		"[0,26002,10081,specimen.camera,broadcast,specimen.camera/.Boot]",
		"Probe failed with exception: timed out after 3000 ms (network 102, attempt 4 of 9)",
		"\tat android.app.ActivityThread.performLaunchActivity(ActivityThread.java:2778)",
	}
	b := bytes.NewBuffer(make([]byte, 0, size+size/8))
	b.WriteString("--------- beginning of main\n")
	for i := 0; b.Len() < size; i++ {
		ms := i / 3
		fmt.Fprintf(b, "11-24 06:%02d:%02d.%03d  %4d  %4d %c %-8s: %s\n", ms/60000%60, ms/1000%60, ms%1000,
			1000+i%7000, 1000+i%9000, "VDIWEF"[i%6], tags[i%len(tags)], messages[i%len(messages)])
	}
	return b.Bytes()
}

// logBinary is such a log as logcat -B prints it.
func logBinary(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		payload := fmt.Appendf(nil, "%cActivityManager\x00Start proc %d:specimen.camera/u0a81 for activity specimen.camera/.Main\x00", 2+i%6, i)
		head := make([]byte, 28)
		binary.LittleEndian.PutUint16(head, uint16(len(payload)))
		binary.LittleEndian.PutUint16(head[2:], 28)
		binary.LittleEndian.PutUint32(head[4:], uint32(1000+i%7000))
		binary.LittleEndian.PutUint32(head[8:], uint32(1000+i%9000))
		binary.LittleEndian.PutUint32(head[12:], uint32(1700000000+i/1000))
		binary.LittleEndian.PutUint32(head[16:], uint32(i%1000)*1e6)
		binary.LittleEndian.PutUint32(head[24:], 10081)
		b.Write(head)
		b.Write(payload)
	}
	return b.Bytes()
}

func BenchmarkLogcat(b *testing.B) {
	text := onDisk(b, logText(64<<20))
	b.Run("newlines", func(b *testing.B) {
		chunk := make([]byte, printout.Window)
		for b.Loop() {
			f, err := os.Open(text)
			require.NoError(b, err)
			lines := 0
			for n := 1; n > 0; {
				n, _ = f.Read(chunk)
				lines += bytes.Count(chunk[:n], []byte("\n"))
				b.SetBytes(64 << 20)
			}
			require.Positive(b, lines)
			f.Close()
		}
	})
	b.Run("threadtime", func(b *testing.B) { benchRead(b, "logcat", text) })
	b.Run("binary", func(b *testing.B) { benchRead(b, "logcat", onDisk(b, logBinary(64<<20))) })
}

func BenchmarkPackage(b *testing.B) {
	b.Run("large", func(b *testing.B) { benchRead(b, "dumpsys-package", onDisk(b, packageText(b, 8<<20))) })
	b.Run("real", func(b *testing.B) { benchParse(b, "dumpsys-package", realDump(b, "package")) })
}

func BenchmarkAppops(b *testing.B) {
	b.Run("large", func(b *testing.B) { benchRead(b, "dumpsys-appops", onDisk(b, appopsText(b, 8<<20))) })
	b.Run("real", func(b *testing.B) { benchParse(b, "dumpsys-appops", realDump(b, "appops")) })
}

// realDump is what a service of a real Pixel printed into its bugreport.
func realDump(b *testing.B, service string) []byte {
	zipped, err := zip.OpenReader(filepath.Join("..", "..", "..", "shared", "corpus", "google", "Pixel_sailfish", "10", "bugreport.zip"))
	if err != nil {
		b.Skip("the corpus of real print-outs is not beside the repository: ../shared/corpus")
	}
	defer zipped.Close()
	for _, f := range zipped.File {
		if !strings.HasPrefix(f.Name, "bugreport-") {
			continue
		}
		in, err := f.Open()
		require.NoError(b, err)
		raw, err := io.ReadAll(in)
		require.NoError(b, err)
		for _, head := range []string{"DUMP OF SERVICE ", "DUMP OF SERVICE CRITICAL "} {
			if _, body, ok := bytes.Cut(raw, []byte("\n"+head+service+":\n")); ok {
				body, _, _ = bytes.Cut(body, []byte("\n--------- "))
				return append(body, '\n')
			}
		}
	}
	b.Fatalf("the bugreport has no dump of %s", service)
	return nil
}

// onDisk writes the input to a file, so that it is not in the heap; nor is evidence.
func onDisk(b *testing.B, body []byte) string {
	path := filepath.Join(b.TempDir(), "input")
	require.NoError(b, os.WriteFile(path, body, 0o600))
	return path
}

// packageText is a dump of many packages, of about size bytes.
func packageText(b testing.TB, size int) []byte {
	raw, err := os.ReadFile(filepath.Join("testdata", "dumpsys-package", "13.txt"))
	require.NoError(b, err)
	head, rest, ok := strings.Cut(string(raw), "Packages:\n")
	require.True(b, ok)
	blocks, tail, ok := strings.Cut(rest, "\nQueries:")
	require.True(b, ok)
	return []byte(head + "Packages:\n" + strings.Repeat(blocks, size/len(blocks)) + "\nQueries:" + tail)
}

// appopsText is a dump of many UIDs, of about size bytes.
func appopsText(b testing.TB, size int) []byte {
	raw, err := os.ReadFile(filepath.Join("testdata", "dumpsys-appops", "13.txt"))
	require.NoError(b, err)
	head, rest, ok := strings.Cut(string(raw), "  Uid 1000:\n")
	require.True(b, ok)
	uids, tail, ok := strings.Cut(rest, "  AppOps policy")
	require.True(b, ok)
	return []byte(head + strings.Repeat("  Uid 1000:\n"+uids, size/len(uids)) + "  AppOps policy" + tail)
}

// benchParse reads from memory, since MVT's figures are of its parsers without the disk.
func benchParse(b *testing.B, source string, body []byte) {
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	var r printout.Reading
	var err error
	for b.Loop() {
		r, err = Read(source, bytes.NewReader(body), printout.Input{}, func(fact.Fact, evidence.Span) {})
		require.NoError(b, err)
	}
	require.Positive(b, r.Facts)
	b.ReportMetric(float64(r.Facts), "facts/op")
}

func benchRead(b *testing.B, source, path string) {
	info, err := os.Stat(path)
	require.NoError(b, err)
	b.SetBytes(info.Size())
	b.ReportAllocs()
	var r printout.Reading
	for b.Loop() {
		f, err := os.Open(path)
		require.NoError(b, err)
		r, err = Read(source, f, printout.Input{}, func(fact.Fact, evidence.Span) {})
		require.NoError(b, err)
		require.NoError(b, f.Close())
	}
	require.Positive(b, r.Facts)
	b.ReportMetric(float64(r.Facts), "facts/op")
}
