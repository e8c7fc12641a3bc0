package leak_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/leak"
)

// quiet is a stretch of log without anything of anybody's.
const quiet = `01-02 15:04:05.000  1234  5678 I ActivityManager: Start proc 4711:com.example.app/u0a123 for activity
elapsedRealtimeNanos=864000000000003 uptime 86400000 vsync 1733000000123456789 at 2025-03-17 12:34:56.789
ptr 0x7f1234567890 inode 123456789012 fd 44 pid 2342 size 1080x2400 dpi 420 fraction 0.123456, 0.654321
android.hardware.audio@2.0-impl.so com.example.Foo@1a2b3c4d icon@2x.png x@y a:b:c:d:e:f 12:34:56:78
java.lang.Thread.run(Thread.java:1012) version 1.2.3456, 7.8.9012 hash d41d8cd98f00b204e9800998ecf8427e`

func TestDetectorsAcceptWhatPassesTheirGate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, kind string
		certainty  leak.Certainty
		covers     string
	}{
		{"getImei slot 0: 868123040000003", "imei", leak.Probable, "868123040000003"},
		{"value 868123040000003 stored", "imei", leak.Possible, "868123040000003"},
		{"SubscriberId: 405861234567890", "imsi", leak.Probable, "405861234567890"},
		{"simSerial[0]=8991101200003204514", "iccid", leak.Probable, "8991101200003204514"},
		{"row 8991101200003204514", "iccid", leak.Possible, "8991101200003204514"},
		{"sendText dest=+917012345678 len=42", "number", leak.Probable, "917012345678"},
		{"to +91 70123 45678 sms", "number", leak.Probable, "+91 70123 45678"},
		{"x=+917012345678", "number", leak.Possible, "917012345678"},
		{"phone 7012345678", "number", leak.Possible, "7012345678"},
		{"connected bssid=3c:84:6a:10:20:30 freq=5180", "mac", leak.Probable, "3c:84:6a:10:20:30"},
		{"x 3C-84-6A-10-20-30", "mac", leak.Possible, "3C-84-6A-10-20-30"},
		{"bssid 3e:84:6a:10:20:30", "mac-local", leak.Possible, "3e:84:6a:10:20:30"},
		{"account sync user=priya.1234@gmail.com ok", "email", leak.Probable, "priya.1234@gmail.com"},
		{"sent rohit@mail.example.co.in.", "email", leak.Possible, "rohit@mail.example.co.in"},
		{"onLocationChanged fused 12.971598,77.594566 acc=12.0", "location", leak.Probable, "12.971598,77.594566"},
		{`{"lat":-33.86882,"lng":151.20929}`, "location", leak.Probable, `-33.86882,"lng":151.20929`},
		{"Location[gps 12.971598,77.594566 hAcc=3.9", "location", leak.Probable, "12.971598,77.594566"},
		{"kyc payload uid=2341 2341 2346", "aadhaar", leak.Probable, "2341 2341 2346"},
		{"aadhaarNumber=234123412346", "aadhaar", leak.Probable, "234123412346"},
		{"n 2341-2341-2346", "aadhaar", leak.Possible, "2341-2341-2346"},
		{"pan=ABCPX1234F", "pan", leak.Probable, "ABCPX1234F"},
		{"v ABCPX1234F", "pan", leak.Possible, "ABCPX1234F"},
		{"gstin: 27AAPFU0939F1ZV", "gstin", leak.Probable, "27AAPFU0939F1ZV"},
		{"pay pan=4111111111111111 exp=12/29", "card", leak.Probable, "4111111111111111"},
		{"n 4111 1111 1111 1111", "card", leak.Possible, "4111 1111 1111 1111"},
		{"collect from vpa priya99@okhdfcbank", "upi", leak.Probable, "priya99@okhdfcbank"},
		{"x priya99@ybl", "upi", leak.Possible, "priya99@ybl"},
		{"t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV", "jwt", leak.Probable, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV"},
		{"Authorization: Bearer q8Zr1TnP0vXc7LmB2kWd", "secret", leak.Probable, "q8Zr1TnP0vXc7LmB2kWd"},
		{"password=hT9#kq!2mZ7x", "secret", leak.Possible, "hT9#kq!2mZ7x"},
		{`{"android_id":"0a1b2c3d4e5f6071"}`, "android_id", leak.Probable, "0a1b2c3d4e5f6071"},
		{"gaid=38400000-8cf0-41bd-b23e-10b96e40000d", "advertising_id", leak.Probable, "38400000-8cf0-41bd-b23e-10b96e40000d"},
		{`mWifiInfo SSID: "Sharma Home", BSSID`, "ssid", leak.Possible, "Sharma Home"},
	} {
		t.Run(c.text, func(t *testing.T) {
			m, covers := only(t, c.text)
			assert.Equal(t, c.kind, m.Kind)
			assert.Equal(t, c.certainty, m.Certainty)
			assert.Equal(t, c.covers, covers)
			assert.NotContains(t, m.Masked, covers)
		})
	}
}

func TestDetectorsRefuseWhatFailsTheirGate(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"imei 868123040000004",                      // Luhn
		"imei 128123040000009",                      // no reporting body
		"elapsed time 868123040000003",              // beside a clock's word, and no better one
		"n 868123040000003.25",                      // a decimal fraction
		"0x868123040000003",                         // hexadecimal
		"value 405861234567890",                     // IMSI without its word
		"sim 8991101200003204515",                   // Luhn
		"duration 7012345678",                       // number without word or code
		"phone 5012345678",                          // no mobile number of India
		"mac 01:00:5e:00:00:fb",                     // multicast
		"mac 00:00:00:00:00:00",                     // all zeros
		"mac ff:ff:ff:ff:ff:ff",                     // broadcast
		"mac 02:00:00:00:00:00",                     // Android's stand-in
		"bssid 3c:84:6a:10:20:30:40",                // seven octets
		"x 3e:84:6a:10:20:30",                       // locally administered, no word
		"user foo@1a2b3c4d",                         // a Java object
		"user icon@2x.png",                          // a file
		"user android.hardware.audio@2.0-impl.so",   // a HAL
		"x 12.971598,77.594566",                     // no word
		"location 0.971598, 0.594566",               // fractions
		"lat 12.9715 lon 277.5945",                  // out of range
		"kyc 234123412347",                          // Verhoeff
		"inode 234123412346",                        // no word
		"pan=ABCXX1234F",                            // no kind of holder
		"gstin: 27AAPFU0939F1ZW",                    // checksum
		"n 4111111111111111",                        // no word, no groups
		"card 4111111111111112",                     // Luhn
		"sizes 9 4111 1111 1111 1111",               // a list of numbers
		"sizes 4111 1111 1111 1111 7",               //
		"card 9111111111111119",                     // no issuer
		"pay x@unknownbank",                         // no handle
		"eyJhbGciOiJIUzI1NiJ9.x",                    // two parts
		"password=aaaaaaaaaaaa",                     // no entropy
		"password changed by its owner",             // no value
		"Bearer token",                              // too short
		"adid 38400000-8cf0-51bd-b23e-10b96e40000d", // version 5
		"id 38400000-8cf0-41bd-b23e-10b96e40000d",   // any UUID
		"SSID: <unknown ssid>, BSSID",               //
		"x SSID: , BSSID",                           //
		"0a1b2c3d4e5f6071",                          // hexadecimal without a name
	} {
		for _, m := range scan(t, text) {
			assert.Failf(t, "found", "%s in %q", m.Kind, text)
		}
	}
	assert.Empty(t, scan(t, quiet))
}

func TestEveryDetectorIsListedOnceSortedAndInAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	names := make([]string, 0, len(leak.Detectors))
	for _, d := range leak.Detectors {
		assert.NotEmpty(t, d.About, d.Name)
		assert.NotEmpty(t, d.Gate, d.Name)
		names = append(names, d.Name)
	}
	assert.True(t, slices.IsSorted(names))
	assert.Equal(t, len(names), len(slices.Compact(slices.Clone(names))))
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	var filed []string
	for _, f := range files {
		name, ok := strings.CutPrefix(strings.TrimSuffix(f.Name(), ".go"), "detector_")
		if ok && name != "test" {
			filed = append(filed, name)
		}
	}
	assert.ElementsMatch(t, names, filed)
}
