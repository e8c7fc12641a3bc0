package leak_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/leak"
)

// planted is one line of a log whose truth is known.
type planted struct {
	text string
	kind string // empty: nothing is in it
}

// tally counts what a detector found against what was there.
type tally struct{ there, found, right int }

func (t tally) precision() float64 { return float64(t.right) / float64(max(1, t.found)) }
func (t tally) recall() float64    { return float64(t.right) / float64(max(1, t.there)) }

// generate makes a log of n lines. One in a hundred holds something; the others
// are full of what looks like it: counters, pointers, clocks, hashes, versions.
func generate(seed uint64, n int) []planted {
	r := rand.New(rand.NewPCG(seed, 1))
	lines := make([]planted, 0, n)
	for range n {
		if r.IntN(100) == 0 {
			kind := kinds[r.IntN(len(kinds))]
			lines = append(lines, planted{plant(r, kind), kind})
			continue
		}
		lines = append(lines, planted{noise[r.IntN(len(noise))](r), ""})
	}
	return lines
}

var kinds = []string{"imei", "iccid", "imsi", "number", "mac", "email", "location", "aadhaar", "pan", "card", "own serial", "own imei in MD5"}

func plant(r *rand.Rand, kind string) string {
	switch kind {
	case "imei":
		return "getDeviceId slot=0 imei=" + withLuhn("86"+someDigits(r, 12))
	case "iccid":
		return "simSerial[1]=" + withLuhn("8991"+someDigits(r, 14))
	case "imsi":
		return "SubscriberId: 404" + someDigits(r, 12)
	case "number":
		return fmt.Sprintf("sendText dest=+91%d%s len=42", 6+r.IntN(4), someDigits(r, 9))
	case "mac":
		return fmt.Sprintf("connected bssid=3c:84:6a:%02x:%02x:%02x freq=5180", r.IntN(256), r.IntN(256), r.IntN(256))
	case "email":
		return fmt.Sprintf("account sync user=asha.%s@example.com ok", someDigits(r, 4))
	case "location":
		return fmt.Sprintf("onLocationChanged fused %d.%s,%d.%s acc=12.0", 8+r.IntN(25), someDigits(r, 6), 68+r.IntN(25), someDigits(r, 6))
	case "aadhaar":
		d := withVerhoeff(strconv.Itoa(2+r.IntN(8)) + someDigits(r, 10))
		return fmt.Sprintf("kyc payload %s %s %s", d[:4], d[4:8], d[8:])
	case "pan":
		return fmt.Sprintf("pan=%c%c%cP%c%s%c", 'A'+r.IntN(26), 'A'+r.IntN(26), 'A'+r.IntN(26), 'A'+r.IntN(26), someDigits(r, 4), 'A'+r.IntN(26))
	case "card":
		return "pay card=" + withLuhn("4"+someDigits(r, 14)) + " exp=12/29"
	case "own serial":
		return "register sn=zx1g22khqk&v=2"
	}
	return "track id=af2d48f2495881aed1737bb21017f9b6" // MD5 of the IMEI
}

var noise = []func(r *rand.Rand) string{
	func(r *rand.Rand) string { return "Choreographer: Skipped frames at " + someDigits(r, 15) },
	func(r *rand.Rand) string { return "Vsync timestamp=" + someDigits(r, 15) + " period=11111111" },
	func(r *rand.Rand) string { return "elapsedRealtimeNanos " + someDigits(r, 16) },
	func(r *rand.Rand) string { return fmt.Sprintf("alloc 0x%016x inode %s", r.Uint64(), someDigits(r, 12)) },
	func(r *rand.Rand) string { return "download id=" + someDigits(r, 19) + " bytes=" + someDigits(r, 10) },
	func(r *rand.Rand) string {
		return fmt.Sprintf("Foo@%x dispatch at %02d:%02d:%02d.%s", r.Uint32(), r.IntN(24), r.IntN(60), r.IntN(60), someDigits(r, 3))
	},
	func(r *rand.Rand) string {
		return "vendor.audio@2.0-impl.so load 1." + someDigits(r, 4) + ", 2." + someDigits(r, 4)
	},
	func(r *rand.Rand) string { return "matrix [0." + someDigits(r, 6) + ", 0." + someDigits(r, 6) + "]" },
	func(r *rand.Rand) string {
		return "job uid=" + someDigits(r, 5) + " duration=" + someDigits(r, 12) + "ms"
	},
	func(r *rand.Rand) string {
		return "Bundle[{seq=" + someDigits(r, 4) + ", ABCDE" + someDigits(r, 3) + "X}]"
	},
	func(r *rand.Rand) string { return "multicast join 01:00:5e:" + someHex(r) + " ttl" },
	func(r *rand.Rand) string {
		return fmt.Sprintf("sha256=%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
	},
}

func TestDetectorsArePreciseOnALogWithKnownTruth(t *testing.T) {
	t.Parallel()
	s := leak.NewScanner(own, []byte("salt"))
	tallies := map[string]tally{}
	for _, line := range generate(7, 60000) {
		kind := strings.TrimPrefix(strings.TrimSuffix(line.kind, " in MD5"), "own ")
		if kind != "" {
			c := tallies[kind]
			c.there++
			tallies[kind] = c
		}
		s.Scan([]byte(line.text), func(m leak.Match) {
			if m.Certainty == leak.Possible {
				return
			}
			c := tallies[m.Kind]
			c.found++
			if m.Kind == kind {
				c.right++
			}
			tallies[m.Kind] = c
		})
	}
	for kind, c := range tallies {
		t.Logf("%-10s there %4d, found %4d, precision %.3f, recall %.3f", kind, c.there, c.found, c.precision(), c.recall())
		assert.GreaterOrEqual(t, c.precision(), 0.99, kind)
		assert.GreaterOrEqual(t, c.recall(), 0.99, kind)
	}
	assert.GreaterOrEqual(t, len(tallies), 11)
}

// TestDetectorsHoldOnRealLogs replays the corpus' real lines, by the generator
// that comes with it, and counts what is found in lines that nothing was planted
// in: such a line may hold somebody's value, but few do.
func TestDetectorsHoldOnRealLogs(t *testing.T) {
	t.Parallel()
	script := filepath.Join("..", "..", "..", "shared", "perf", "logcat.sh")
	if _, err := os.Stat(script); err != nil || testing.Short() {
		t.Skip("skipped: no generator of real logs at ../shared/perf, or -short")
	}
	out := filepath.Join(t.TempDir(), "log.txt")
	cmd := exec.Command("bash", script, out, "40000000", "7")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("skipped: the generator of real logs does not run: %v: %s", err, said)
	}
	truth := readTruth(t, out+".truth.tsv")
	named := map[string]string{"phone": "number", "latlong": "location"}
	s := leak.NewScanner(own, []byte("salt"))
	file, err := os.Open(out)
	require.NoError(t, err)
	defer file.Close()
	tallies := map[string]tally{}
	lines, stray := 0, 0
	in := bufio.NewScanner(file)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		lines++
		kind := truth[lines]
		if k, ok := named[kind]; ok {
			kind = k
		}
		c := tallies[kind]
		c.there++
		hit := map[string]bool{}
		s.Scan(in.Bytes(), func(m leak.Match) {
			if m.Certainty != leak.Possible {
				hit[m.Kind] = true
			}
		})
		if hit[kind] {
			c.right++
		}
		tallies[kind] = c
		if truth[lines] == "" && len(hit) > 0 {
			stray++
		}
	}
	require.NoError(t, in.Err())
	for _, kind := range []string{"imei", "iccid", "number", "email", "location", "aadhaar", "card", "jwt"} {
		c := tallies[kind]
		t.Logf("%-10s planted %4d, found %.3f", kind, c.there, c.recall())
		require.NotZero(t, c.there, kind)
		assert.GreaterOrEqual(t, c.recall(), 0.98, kind)
	}
	t.Logf("%d lines, %d with something that nobody planted", lines, stray)
	assert.Less(t, float64(stray)/float64(lines), 0.005)
}

func readTruth(t *testing.T, name string) map[int]string {
	t.Helper()
	raw, err := os.ReadFile(name)
	require.NoError(t, err)
	truth := map[int]string{}
	for line := range bytes.Lines(raw) {
		number, kind, ok := strings.Cut(strings.TrimSpace(string(line)), "\t")
		if n, err := strconv.Atoi(number); ok && err == nil {
			truth[n] = kind
		}
	}
	return truth
}

func someDigits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	return string(b)
}

func someHex(r *rand.Rand) string {
	return fmt.Sprintf("%02x:%02x:%02x", r.IntN(128), r.IntN(256), r.IntN(256))
}

// withLuhn appends the check digit by trying all ten: what a detector computes is
// tested, not what it is made of.
func withLuhn(d string) string {
	for c := byte('0'); ; c++ {
		sum := 0
		for i, full := 0, d+string(c); i < len(full); i++ {
			v := int(full[len(full)-1-i] - '0')
			sum += v + (i%2)*(v-9*(v/5))
		}
		if sum%10 == 0 {
			return d + string(c)
		}
	}
}

// withVerhoeff appends the check digit of the dihedral group of order ten, whose
// elements are five rotations and five reflections.
func withVerhoeff(d string) string {
	permuted := func(v, times int) int {
		for range times % 8 {
			v = [...]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}[v]
		}
		return v
	}
	multiply := func(a, b int) int {
		switch {
		case a < 5 && b < 5:
			return (a + b) % 5
		case a < 5:
			return 5 + (a+b)%5
		case b < 5:
			return 5 + (a-b)%5
		}
		return (a - b + 5) % 5
	}
	for c := byte('0'); ; c++ {
		check, full := 0, d+string(c)
		for i := range len(full) {
			check = multiply(check, permuted(int(full[len(full)-1-i]-'0'), i))
		}
		if check == 0 {
			return full
		}
	}
}
