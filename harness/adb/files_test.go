package adb

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// store is a handset's file service over files in memory.
type store struct {
	mu      sync.Mutex
	files   map[string]stored
	v2      bool
	receive func(p *peer, path string) // in place of RECV
	send    func(p *peer, path string) // in place of SEND
}

type stored struct {
	mode uint32 // st_mode
	body string
}

func (st *store) handset(t testing.TB, o Options) *Device {
	features := "cmd"
	if st.v2 {
		features = v2
	}
	return fakeHandset(t, o, features, func(p *peer, name string) {
		if name != "sync:" {
			p.fail("closed")
			return
		}
		p.okay()
		for st.request(p) {
		}
	})
}

func (st *store) request(p *peer) bool {
	var head [8]byte
	if _, err := io.ReadFull(p, head[:]); err != nil {
		return false
	}
	path := string(p.take(int(binary.LittleEndian.Uint32(head[4:]))))
	st.mu.Lock()
	defer st.mu.Unlock()
	f, there := st.files[strings.TrimSuffix(path, "/")]
	switch request := string(head[:4]); {
	case request == "STAT":
		p.frame("STAT", f.mode, uint32(len(f.body)), 1700000000*min(1, f.mode))
	case request == "STA2" && !there:
		p.Write(append([]byte("STA2\x02\x00\x00\x00"), make([]byte, 64)...))
	case request == "STA2":
		p.Write([]byte("STA2\x00\x00\x00\x00"))
		p.Write(f.stat2())
	case request == "LIST" || request == "LIS2":
		st.list(p, path, request == "LIS2")
	case request == "SEND" && st.send != nil:
		st.send(p, path)
	case request == "SEND":
		st.store(p, path)
	case request == "RECV" && st.receive != nil:
		st.receive(p, path)
	case request == "RECV" && !there:
		p.refuse("open failed: No such file or directory")
	case request == "RECV":
		for chunk := range slices.Chunk([]byte(f.body), 64<<10) {
			p.data(string(chunk))
		}
		p.frame("DONE", 0)
	default:
		return false
	}
	return true
}

// stat2 is what follows the errno: dev, ino, mode, nlink, uid, gid, size, atime,
// mtime, ctime.
func (f stored) stat2() []byte {
	le := binary.LittleEndian
	b := le.AppendUint64(nil, 1)
	b = le.AppendUint64(b, 2)
	for _, n := range []uint32{f.mode, 1, 2000, 1028} {
		b = le.AppendUint32(b, n)
	}
	b = le.AppendUint64(b, uint64(len(f.body)))
	for _, n := range []uint64{1, 1700000000, 3} {
		b = le.AppendUint64(b, n)
	}
	return b
}

func (st *store) list(p *peer, path string, two bool) {
	names := append([]string{".", ".."}, slices.Sorted(maps.Keys(st.files))...)
	for _, name := range names {
		f := st.files[name]
		name, ok := strings.CutPrefix(name, path+"/")
		if !ok && !strings.HasPrefix(name, ".") {
			continue
		}
		if two {
			p.Write([]byte("DNT2\x00\x00\x00\x00"))
			p.Write(f.stat2())
			binary.Write(p, binary.LittleEndian, uint32(len(name)))
		} else {
			p.frame("DENT", f.mode, uint32(len(f.body)), 1700000000, uint32(len(name)))
		}
		io.WriteString(p, name)
	}
	size := 16
	if two {
		size = 72
	}
	p.Write(append([]byte("DONE"), make([]byte, size)...))
}

func (st *store) store(p *peer, path string) {
	path, mode, _ := strings.Cut(path, ",")
	bits, _ := strconv.ParseUint(mode, 10, 32)
	var body bytes.Buffer
	for {
		var head [8]byte
		if _, err := io.ReadFull(p, head[:]); err != nil {
			return
		}
		if string(head[:4]) == "DONE" {
			break
		}
		io.CopyN(&body, p, int64(binary.LittleEndian.Uint32(head[4:])))
	}
	st.files[path] = stored{0o100000 | uint32(bits), body.String()}
	p.frame("OKAY", 0)
}

func (p *peer) take(n int) []byte {
	b := make([]byte, n)
	io.ReadFull(p, b)
	return b
}

func (p *peer) frame(id string, numbers ...uint32) {
	b := []byte(id)
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	p.Write(b)
}

func (p *peer) data(body string) {
	p.frame("DATA", uint32(len(body)))
	io.WriteString(p, body)
}

func (p *peer) refuse(reason string) {
	p.frame("FAIL", uint32(len(reason)))
	io.WriteString(p, reason)
}

func both(t *testing.T, test func(t *testing.T, v2 bool)) {
	t.Run("stat_v2", func(t *testing.T) { test(t, true) })
	t.Run("without stat_v2", func(t *testing.T) { test(t, false) })
}

func TestPushAndPullAreByteExact(t *testing.T) {
	both(t, func(t *testing.T, v2 bool) {
		st := &store{files: map[string]stored{}, v2: v2}
		d := st.handset(t, Options{})
		for _, size := range []int{0, 1, 99_328, 100_000, 3 << 20} {
			body := strings.Repeat("0123456\r\n\x00\xff", size/11+1)[:size]
			// gadb alone drops what comes together with io.EOF.
			n, err := d.Push(t.Context(), iotest.DataErrReader(strings.NewReader(body)), "/data/local/tmp/x", 0o755)
			require.NoError(t, err)
			assert.EqualValues(t, size, n)
			assert.Equal(t, uint32(0o100755), st.files["/data/local/tmp/x"].mode)

			var back strings.Builder
			n, err = d.Pull(t.Context(), "/data/local/tmp/x", &back)
			require.NoError(t, err)
			assert.EqualValues(t, size, n)
			require.True(t, body == back.String(), "%d bytes", size)
		}
	})
}

func TestFilesThatAreNotThereAreNotExist(t *testing.T) {
	both(t, func(t *testing.T, v2 bool) {
		d := (&store{v2: v2}).handset(t, Options{})
		_, err := d.Pull(t.Context(), "/nope", io.Discard)
		assert.ErrorIs(t, err, fs.ErrNotExist)
		_, err = d.Stat(t.Context(), "/nope")
		assert.ErrorIs(t, err, fs.ErrNotExist)
		_, err = d.List(t.Context(), "/nope")
		assert.ErrorIs(t, err, fs.ErrNotExist)
		assert.EqualError(t, err, serial+": list /nope: file does not exist")
	})
}

func TestStatAndListTellKindSizeTimeAndOwner(t *testing.T) {
	both(t, func(t *testing.T, v2 bool) {
		d := (&store{v2: v2, files: map[string]stored{
			"/d":      {0o041777, ""},
			"/d/file": {0o100644, "12345"},
			"/d/link": {0o120777, ""},
			"/d/sock": {0o140600, ""},
			"/d/suid": {0o104755, "x"},
		}}).handset(t, Options{})
		f, err := d.Stat(t.Context(), "/d/file")
		require.NoError(t, err)
		want := File{Name: "/d/file", Mode: 0o644, Size: 5, ModTime: time.Unix(1700000000, 0).UTC(), UID: -1, GID: -1}
		if v2 {
			want.UID, want.GID = 2000, 1028
		}
		assert.Equal(t, want, f)

		files, err := d.List(t.Context(), "/d")
		require.NoError(t, err)
		modes := map[string]fs.FileMode{}
		for _, f := range files {
			modes[f.Name] = f.Mode
		}
		assert.Equal(t, map[string]fs.FileMode{
			"file": 0o644, "link": fs.ModeSymlink | 0o777, "sock": fs.ModeSocket | 0o600, "suid": fs.ModeSetuid | 0o755,
		}, modes)
		_, err = d.List(t.Context(), "/d/file")
		assert.ErrorContains(t, err, "not a folder")
	})
}

func TestARefusedPushSaysWhyAndStopsSending(t *testing.T) {
	for text, want := range map[string]error{
		"couldn't create file: Permission denied":       fs.ErrPermission,
		"couldn't create file: Read-only file system":   syscall.EROFS,
		"write failed: No space left on device":         syscall.ENOSPC,
		"couldn't create file: Is a directory":          syscall.EISDIR,
		"couldn't create file: Operation not permitted": fs.ErrPermission,
	} {
		d := (&store{send: func(p *peer, _ string) {
			p.refuse(text)
			io.Copy(io.Discard, p) // adbd throws away what still comes
		}}).handset(t, Options{})
		_, err := d.Push(t.Context(), endlessInput{}, "/system/x", 0o644)
		require.ErrorIs(t, err, want, text)
		assert.ErrorContains(t, err, text)
		assert.Equal(t, OwnerHandset, Owner(err))
	}
}

func TestARefusedPullSaysWhy(t *testing.T) {
	d := (&store{files: map[string]stored{"/x": {0o100600, "secret"}}, receive: func(p *peer, _ string) {
		p.refuse("open failed: Permission denied")
	}}).handset(t, Options{})
	_, err := d.Pull(t.Context(), "/x", io.Discard)
	assert.ErrorIs(t, err, fs.ErrPermission)
}

func TestAPushToAFrozenHandsetEnds(t *testing.T) {
	d := (&store{send: func(p *peer, _ string) { p.freeze() }}).handset(t, Options{Silence: limit})
	_, err := d.Push(t.Context(), endlessInput{}, "/x", 0o644)
	timeout := timeoutOf(t, err)
	assert.Equal(t, Timeout{Deadline: DeadlineSilence, After: limit, Owner: OwnerHandset}, *timeout)
}

func TestAPushThatIsNotAcknowledgedEnds(t *testing.T) {
	d := (&store{send: func(p *peer, _ string) { io.Copy(io.Discard, p) }}).handset(t, Options{Silence: limit})
	_, err := d.Push(t.Context(), strings.NewReader("x"), "/x", 0o644)
	assert.Equal(t, DeadlineSilence, timeoutOf(t, err).Deadline)
}

func TestCancellingEndsPushAndPull(t *testing.T) {
	why := errors.New("lease revoked")
	frozen := func(p *peer, _ string) { p.freeze() }
	d := (&store{send: frozen, receive: frozen, files: map[string]stored{"/x": {0o100600, "x"}}}).handset(t, Options{})
	for name, operation := range map[string]func(ctx context.Context) error{
		"push": func(ctx context.Context) error { _, err := d.Push(ctx, endlessInput{}, "/x", 0o644); return err },
		"pull": func(ctx context.Context) error { _, err := d.Pull(ctx, "/x", io.Discard); return err },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer time.AfterFunc(100*time.Millisecond, func() { cancel(why) }).Stop()
			assert.ErrorIs(t, operation(ctx), why)
		})
	}
}

func TestAPullCutAnywhereIsTransportLost(t *testing.T) {
	whole := []byte("DATA\x03\x00\x00\x00abcDATA\x02\x00\x00\x00deDONE\x00\x00\x00\x00")
	cut := 0
	st := &store{files: map[string]stored{"/x": {0o100600, "abcde"}}, receive: func(p *peer, _ string) {
		p.Write(whole[:cut])
		p.Close()
	}}
	d := st.handset(t, Options{})
	for cut = 0; cut < len(whole); cut++ {
		var out strings.Builder
		_, err := d.Pull(t.Context(), "/x", &out)
		require.ErrorAs(t, err, new(*TransportLost), "cut after %d bytes", cut)
		assert.True(t, strings.HasPrefix("abcde", out.String()))
	}
}

func TestAPullAnsweredWithAnythingButDataIsTransportLost(t *testing.T) {
	d := (&store{files: map[string]stored{"/x": {0o100600, "abc"}}, receive: func(p *peer, _ string) {
		p.data("abc")
		p.frame("OKAY", 0)
		p.freeze()
	}}).handset(t, Options{})
	n, err := d.Pull(t.Context(), "/x", io.Discard)
	assert.EqualValues(t, 3, n)
	require.ErrorAs(t, err, new(*TransportLost))
	assert.ErrorContains(t, err, `"OKAY" where DATA must stand`)
}

func TestAFileThatCameShortIsAnError(t *testing.T) {
	d := (&store{files: map[string]stored{"/x": {0o100600, "abcde"}}, receive: func(p *peer, _ string) {
		p.data("abc")
		p.frame("DONE", 0)
	}}).handset(t, Options{})
	n, err := d.Pull(t.Context(), "/x", io.Discard)
	assert.EqualValues(t, 3, n)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.ErrorContains(t, err, "3 of 5 bytes")
}

func TestAFileThatGrewIsWhole(t *testing.T) {
	d := (&store{files: map[string]stored{"/log": {0o100600, "abc"}}, receive: func(p *peer, _ string) {
		p.data("abcde")
		p.frame("DONE", 0)
	}}).handset(t, Options{})
	n, err := d.Pull(t.Context(), "/log", io.Discard)
	require.NoError(t, err)
	assert.EqualValues(t, 5, n)
}

// TestAPullOfALargeFileEndsWithIt has a handset tell of more than comes, of less, and
// of just what does; and stop in the middle of a bite.
func TestAPullOfALargeFileEndsWithIt(t *testing.T) {
	piece := strings.Repeat("sixteen bytes.. ", 4<<10)
	for name, c := range map[string]struct {
		told, came int // pieces
		silent     bool
		want       error
	}{
		"all of it":      {told: 160, came: 160},
		"it shrank":      {told: 160, came: 21, want: io.ErrUnexpectedEOF},
		"it grew":        {told: 40, came: 160},
		"no bite is due": {told: 31, came: 31},
		"it stops":       {told: 160, came: 25, silent: true, want: new(Timeout)},
	} {
		t.Run(name, func(t *testing.T) {
			d := (&store{files: map[string]stored{"/x": {0o100600, strings.Repeat(piece, c.told)}}, receive: func(p *peer, _ string) {
				for range c.came {
					p.data(piece)
				}
				if c.silent {
					p.freeze()
				}
				p.frame("DONE", 0)
			}}).handset(t, Options{Silence: 2 * time.Second})
			var out strings.Builder
			n, err := d.Pull(t.Context(), "/x", &out)
			assert.EqualValues(t, c.came*len(piece), n)
			assert.Equal(t, c.came*len(piece), out.Len())
			assert.True(t, out.String() == strings.Repeat(piece, c.came))
			if late := new(Timeout); errors.As(c.want, &late) {
				require.ErrorAs(t, err, &late)
				assert.Equal(t, DeadlineSilence, late.Deadline)
			} else {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
}

func TestAPushOfWhichLessArrivedIsAnError(t *testing.T) {
	st := &store{files: map[string]stored{"/x": {0o100644, "ab"}}}
	st.send = func(p *peer, _ string) {
		p.take(8 + 5 + 8)
		p.frame("OKAY", 0)
	}
	_, err := st.handset(t, Options{}).Push(t.Context(), strings.NewReader("abcde"), "/x", 0o644)
	assert.ErrorIs(t, err, io.ErrShortWrite)
}

func TestAHandsetCannotMakeUsAllocateGigabytes(t *testing.T) {
	for _, id := range []string{"DATA", "FAIL", "OKAY", "????"} {
		d := (&store{files: map[string]stored{"/x": {0o100600, "x"}}, receive: func(p *peer, _ string) {
			p.frame(id, 0xffffff00)
			p.freeze()
		}}).handset(t, Options{})
		_, err := d.Pull(t.Context(), "/x", io.Discard)
		require.ErrorAs(t, err, new(*TransportLost), id)
		assert.ErrorContains(t, err, "garbled")
	}
	for name, answer := range map[string][]byte{
		"name of a list": append([]byte("DENT\xed\x41\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 0xff, 0xff, 0xff, 0xff),
		"reason":         []byte("FAIL\xff\xff\xff\xff"),
		"another answer": []byte("WHATWHATWHATWHATWHAT"),
	} {
		var first sync.Once
		d := fakeHandset(t, Options{}, "", func(p *peer, _ string) {
			p.okay()
			answered := false
			first.Do(func() {
				p.take(8 + len("/d/"))
				p.frame("STAT", 0o040755, 0, 0)
				answered = true
			})
			if !answered {
				p.Write(answer)
				p.freeze()
			}
		})
		_, err := d.List(t.Context(), "/d")
		require.ErrorAs(t, err, new(*TransportLost), name)
	}
}

func TestAnErrorOfTheCallersReaderOrWriterIsGivenAsItIs(t *testing.T) {
	broken := errors.New("broken")
	d := (&store{files: map[string]stored{"/x": {0o100600, "abc"}}}).handset(t, Options{})
	_, err := d.Push(t.Context(), iotest.ErrReader(broken), "/y", 0o644)
	assert.ErrorIs(t, err, broken)
	_, err = d.Pull(t.Context(), "/x", writerFunc(func([]byte) (int, error) { return 0, broken }))
	assert.ErrorIs(t, err, broken)
}

func TestPushToAnUnauthorizedHandsetSaysSo(t *testing.T) {
	s := fakeServer(t, Options{}, func(p *peer, _ string) { p.fail("device unauthorized.\nThis adb server's …") })
	_, err := s.Device(Row{Serial: serial}).Push(t.Context(), strings.NewReader("x"), "/x", 0o644)
	require.ErrorIs(t, err, ErrUnauthorized)
	assert.True(t, strings.HasPrefix(err.Error(), fmt.Sprintf("%s: push /x: ", serial)))
}

func TestModesOfLinuxBecomeGos(t *testing.T) {
	for st, want := range map[uint32]fs.FileMode{
		0o010644: fs.ModeNamedPipe | 0o644,
		0o020666: fs.ModeDevice | fs.ModeCharDevice | 0o666,
		0o041777: fs.ModeDir | fs.ModeSticky | 0o777,
		0o060660: fs.ModeDevice | 0o660,
		0o102755: fs.ModeSetgid | 0o755,
		0o000644: fs.ModeIrregular | 0o644,
	} {
		assert.Equal(t, want, fileMode(st), "%o", st)
	}
}
