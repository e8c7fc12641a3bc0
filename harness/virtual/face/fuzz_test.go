package face

import (
	"bufio"
	"bytes"
	"context"
	"testing"
	"time"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
	"assay/harness/virtual/wire"
)

// plainPhone is a handset with nothing installed, and its adbd.
type plainPhone struct {
	*phone.Handset
	adbd Adbd
}

func (p *plainPhone) Adbd() *Adbd { return &p.adbd }

func plain(t testing.TB) *plainPhone {
	t.Helper()
	p := &plainPhone{Handset: phone.New(&persona.Persona{
		Name: "plain", Release: "13", SDK: 33, Brand: "Specimen",
		Identity: persona.Identity{Serial: "A1", Clock: "2026-01-15T09:30:00+05:30", Zone: "Asia/Kolkata", AndroidID: "0123456789abcdef"},
	}, 7, phone.Programs{})}
	t.Cleanup(func() { p.Close() })
	return p
}

func syncAsked(id, name string) []byte {
	return append(append([]byte(id), wire.Words(uint32(len(name)))...), name...)
}

func FuzzSync(f *testing.F) {
	f.Add(syncAsked("STAT", "/sdcard"))
	f.Add(append(syncAsked("SEND", "/sdcard/a,33188"), append([]byte("DATA\x02\x00\x00\x00hi"), []byte("DONE\x01\x00\x00\x00")...)...))
	f.Add(append(syncAsked("SEND", "/data/local/tmp/l,41471"), []byte("DATA\x02\x00\x00\x00/xDONE\x01\x00\x00\x00")...))
	f.Add(append(syncAsked("LIS2", "/"), syncAsked("RECV", "/dev/null")...))
	h := plain(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		if bytes.Contains(in, []byte("RECV")) && (bytes.Contains(in, []byte("zero")) || bytes.Contains(in, []byte("random")) ||
			bytes.Contains(in, []byte("full"))) {
			t.Skip("an endless file")
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		var out bytes.Buffer
		serveSync(ctx, h, &channel{in: bytes.NewReader(in), out: &out, cancel: cancel})
		if ctx.Err() != nil {
			t.Fatal("hung")
		}
	})
}

func FuzzReadRequest(f *testing.F) {
	f.Add([]byte("000chost:version"))
	f.Add([]byte("ffffx"))
	f.Fuzz(func(t *testing.T, in []byte) {
		request, err := wire.ReadRequest(bufio.NewReader(bytes.NewReader(in)))
		if err == nil && (len(request) == 0 || !bytes.HasPrefix(in[4:], []byte(request))) {
			t.Fatalf("%q read as %q", in, request)
		}
		transportOf(request)
		hostRequestOf(request)
	})
}
