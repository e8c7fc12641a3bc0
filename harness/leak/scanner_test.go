package leak_test

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/leak"
)

// own are the identifiers of a handset that nobody has.
var own = []leak.Identifier{
	{Type: "imei", Value: "356938035643809"},
	{Type: "serial", Value: "ZX1G22KHQK"},
	{Type: "android_id", Value: "3f7a9c21d8e05b64"},
	{Type: "mac", Value: "a4:50:46:1b:2c:3d"},
	{Type: "number", Value: "+91 98765 43210"},
	{Type: "imsi", Value: "404685505601234"},
	{Type: "iccid", Value: "8991000900987654321"},
}

func scan(t testing.TB, text string) []leak.Match {
	t.Helper()
	var found []leak.Match
	leak.NewScanner(own, []byte("salt")).Scan([]byte(text), func(m leak.Match) { found = append(found, m) })
	return found
}

// only expects one match and gives it with the bytes that it covers.
func only(t *testing.T, text string) (leak.Match, string) {
	t.Helper()
	found := scan(t, text)
	require.Len(t, found, 1, text)
	return found[0], text[found[0].Start:found[0].End]
}

func TestOwnValuesAreCertainInEveryDisguise(t *testing.T) {
	t.Parallel()
	digest := func(sum []byte) string { return hex.EncodeToString(sum) }
	md, s1, s2 := md5.Sum([]byte("356938035643809")), sha1.Sum([]byte("ZX1G22KHQK")), sha256.Sum256([]byte("3f7a9c21d8e05b64"))
	upperMAC := md5.Sum([]byte("A4:50:46:1B:2C:3D"))
	plusNumber := sha256.Sum256([]byte("+919876543210"))
	for name, c := range map[string]struct{ text, kind, form, covers string }{
		"plain":                 {"imei=356938035643809;", "imei", "plain", "356938035643809"},
		"serial plain":          {"serial ZX1G22KHQK", "serial", "plain", "ZX1G22KHQK"},
		"serial lower":          {"sn=zx1g22khqk", "serial", "lower", "zx1g22khqk"},
		"serial mixed":          {"sn=Zx1g22khqk", "serial", "mixed", "Zx1g22khqk"},
		"android id upper":      {"id 3F7A9C21D8E05B64", "android_id", "upper", "3F7A9C21D8E05B64"},
		"mac plain":             {"wlan0 a4:50:46:1b:2c:3d", "mac", "plain", "a4:50:46:1b:2c:3d"},
		"mac upper":             {"wlan0 A4:50:46:1B:2C:3D", "mac", "upper", "A4:50:46:1B:2C:3D"},
		"mac hyphens":           {"wlan0 A4-50-46-1B-2C-3D", "mac", "separators", "A4-50-46-1B-2C-3D"},
		"mac bare":              {"wlan0=a450461b2c3d.", "mac", "separators", "a450461b2c3d"},
		"mac Cisco":             {"wlan0=a450.461b.2c3d", "mac", "separators", "a450.461b.2c3d"},
		"mac URL":               {"?m=a4%3A50%3A46%3A1b%3A2c%3A3d&x", "mac", "url", "a4%3A50%3A46%3A1b%3A2c%3A3d"},
		"number national":       {"me 9876543210", "number", "plain", "9876543210"},
		"number with code":      {"me +919876543210", "number", "plain", "9876543210"},
		"number with 0091":      {"me 00919876543210", "number", "plain", "9876543210"},
		"number with 0":         {"me 09876543210", "number", "plain", "9876543210"},
		"number grouped":        {"me +91 98765 43210", "number", "separators", "98765 43210"},
		"behind a URL's escape": {"q%3D9876543210", "number", "plain", "9876543210"},
		"hex":                   {"blob 5a58314732324b48514b00", "serial", "hex", "5a58314732324b48514b"},
		"reversed":              {"rev 908346530839653", "imei", "reversed", "908346530839653"},
		"MD5":                   {"h=" + digest(md[:]), "imei", "md5", digest(md[:])},
		"SHA-1 in capitals":     {"h=" + strings.ToUpper(digest(s1[:])), "serial", "sha1", strings.ToUpper(digest(s1[:]))},
		"SHA-256":               {"h=" + digest(s2[:]), "android_id", "sha256", digest(s2[:])},
		"MD5 of the upper MAC":  {"h=" + digest(upperMAC[:]), "mac", "md5", digest(upperMAC[:])},
		"SHA-256 of +91 number": {"h=" + digest(plusNumber[:]), "number", "sha256", digest(plusNumber[:])},
		"IMSI":                  {"sub 404685505601234", "imsi", "plain", "404685505601234"},
		"ICCID":                 {"8991000900987654321", "iccid", "plain", "8991000900987654321"},
		"at the very end":       {"xxxx ZX1G22KHQK", "serial", "plain", "ZX1G22KHQK"},
	} {
		t.Run(name, func(t *testing.T) {
			m, covers := only(t, c.text)
			assert.Equal(t, leak.Certain, m.Certainty)
			assert.Equal(t, c.kind, m.Kind)
			assert.Equal(t, c.form, m.Form)
			assert.Equal(t, c.covers, covers)
		})
	}
}

func TestOwnValueIsFoundInBase64AtEveryOffset(t *testing.T) {
	t.Parallel()
	for _, before := range []string{"", "x", "xy", "xyz"} {
		for _, e := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			m, _ := only(t, "body "+e.EncodeToString([]byte(before+"ZX1G22KHQK~~"))+" end")
			assert.Equal(t, "serial", m.Kind)
			assert.Equal(t, "base64", m.Form)
		}
	}
}

func TestValueInsideALongerOneIsAnother(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"1356938035643809", "3569380356438097", // an IMEI inside a number
		"aZX1G22KHQK", "ZX1G22KHQKb", // a short serial inside a word
		"719876543210", "98765432101", // a number inside a number
	} {
		assert.Empty(t, scan(t, "value "+text), text)
	}
}

func TestStandInsAndShortValuesAreNotSearched(t *testing.T) {
	t.Parallel()
	for _, id := range []leak.Identifier{
		{Type: "serial", Value: "0123456789ABCDEF"}, {Type: "serial", Value: "ABC12"}, {Type: "serial", Value: "unknown"},
		{Type: "serial", Value: "192.168.1.20:5555"}, {Type: "imei", Value: "000000000000000"}, {Type: "mac", Value: "02:00:00:00:00:00"},
		{Type: "android_id", Value: "9774d56d682e549c"}, {Type: "serial", Value: "123456789"}, {Type: "serial", Value: ""},
	} {
		assert.False(t, leak.Searchable(id), id.Value)
		s := leak.NewScanner([]leak.Identifier{id}, nil)
		s.Scan([]byte("serial: "+id.Value+" "), func(m leak.Match) {
			assert.NotEqual(t, leak.Certain, m.Certainty, id.Value)
		})
	}
	for _, id := range own {
		assert.True(t, leak.Searchable(id), id.Value)
	}
}

func TestSameValueHasTheSameHashHoweverDisguised(t *testing.T) {
	t.Parallel()
	plain, _ := only(t, "a4:50:46:1b:2c:3d")
	for _, text := range []string{"A450461B2C3D", "a4%3A50%3A46%3A1b%3A2c%3A3d", "A4-50-46-1B-2C-3D"} {
		m, _ := only(t, text)
		assert.Equal(t, plain.Hash, m.Hash)
		assert.Equal(t, plain.Masked, m.Masked)
	}
	assert.Len(t, plain.Hash, 16)
	assert.Equal(t, "a4…3d", plain.Masked)

	other, _ := only(t, "serial ZX1G22KHQK")
	assert.NotEqual(t, plain.Hash, other.Hash)

	var salted leak.Match
	leak.NewScanner(own, []byte("another salt")).Scan([]byte("a4:50:46:1b:2c:3d"), func(m leak.Match) { salted = m })
	assert.NotEqual(t, plain.Hash, salted.Hash)
}

func TestPatternOfAnOwnValueHasItsHash(t *testing.T) {
	t.Parallel()
	certain, _ := only(t, "imei 356938035643809")
	var probable leak.Match
	leak.NewScanner(nil, []byte("salt")).Scan([]byte("imei 356938035643809"), func(m leak.Match) { probable = m })
	assert.Equal(t, leak.Probable, probable.Certainty)
	assert.Equal(t, certain.Hash, probable.Hash)
}

func TestMatchesComeInTheOrderOfTheText(t *testing.T) {
	t.Parallel()
	found := scan(t, "mac a4:50:46:1b:2c:3d user a.b@example.com imei 356938035643809 sn ZX1G22KHQK")
	var kinds []string
	for _, m := range found {
		kinds = append(kinds, m.Kind)
	}
	assert.Equal(t, []string{"mac", "email", "imei", "serial"}, kinds)
}

func TestFloodOfMatchesIsBounded(t *testing.T) {
	t.Parallel()
	found := scan(t, strings.Repeat("mail a.b@example.com ", 10000))
	assert.NotEmpty(t, found)
	assert.LessOrEqual(t, len(found), 300)
}

func TestNothingIsAllocatedWhereNothingIsFound(t *testing.T) {
	s := leak.NewScanner(own, []byte("salt"))
	text := []byte(quiet)
	count := 0
	emit := func(leak.Match) { count++ }
	assert.Zero(t, testing.AllocsPerRun(100, func() { s.Scan(text, emit) }))
	assert.Zero(t, count)
}

func FuzzScan(f *testing.F) {
	f.Add("imei 356938035643809 at 12:34:56:78:90:ab lat 12.97159 77.59456")
	f.Add("pan=ABCPX1234F card 4111 1111 1111 1111 password=\"\" SSID: \"x\"")
	f.Add("eyJhbGciOiJIUzI1NiJ9.e30.aaaaaaaaaaaaaaaaaaaaaaaa a@b.in x@ybl")
	f.Add("5a58314732324b48514b %3D9876543210 android_id\":\"3f7a9c21d8e05b65\" adid 38400000-8cf0-41bd-b23e-10b96e40000d")
	s := leak.NewScanner(own, []byte("salt"))
	f.Fuzz(func(t *testing.T, text string) {
		var first, second []leak.Match
		s.Scan([]byte(text), func(m leak.Match) { first = append(first, m) })
		s.Scan([]byte(text), func(m leak.Match) { second = append(second, m) })
		require.Equal(t, first, second)
		end := 0
		for _, m := range first {
			require.GreaterOrEqual(t, m.Start, end, "matches overlap")
			require.Greater(t, m.End, m.Start)
			require.LessOrEqual(t, m.End, len(text))
			end = m.End
		}
		require.True(t, slices.IsSortedFunc(first, func(a, b leak.Match) int { return a.Start - b.Start }))
	})
}
