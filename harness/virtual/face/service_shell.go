package face

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"sync"

	"assay/harness/virtual/sh"
	"assay/harness/virtual/wire"
)

// shellV1 is shell:, or exec: where no terminal stands between: output and
// errors in one stream, no exit status. cooked says that the terminal turns LF
// into CR LF, as it did before Android 7.
func shellV1(script string, cooked bool) serving {
	return func(ctx context.Context, h Handset, c *channel) {
		in, feed := io.Pipe()
		defer in.CloseWithError(io.ErrClosedPipe)
		c.readers.Go(func() {
			io.Copy(untilBroken{feed}, c.in)
			feed.Close()
			c.cancel() // adb drops all output of a client that closes its side
		})
		out := c.out
		if cooked {
			out = &crlf{to: out}
		}
		if strings.TrimSpace(script) == "" {
			sh.Session(ctx, h, in, &crlf{to: c.out})
			return
		}
		h.Exec(ctx, script, in, out, out)
	}
}

// untilBroken passes on what it can and swallows the rest, so that the end of
// the stream behind it is still seen.
type untilBroken struct{ to io.Writer }

func (u untilBroken) Write(p []byte) (int, error) {
	u.to.Write(p)
	return len(p), nil
}

// crlf is a terminal's output before Android 7.
type crlf struct{ to io.Writer }

func (c *crlf) Write(p []byte) (int, error) {
	if _, err := c.to.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// shellV2 is shell,v2: streams apart, and an exit status at the end. With pty
// output and errors come together, as from a terminal.
func shellV2(options, script string) serving {
	words := strings.Split(options, ",")
	pty, raw := slices.Contains(words, "pty"), slices.Contains(words, "raw")
	return func(ctx context.Context, h Handset, c *channel) {
		serveShellV2(ctx, c, pty, func(ctx context.Context, in io.Reader, out, errs io.Writer) int {
			switch {
			case strings.TrimSpace(script) != "":
				return h.Exec(ctx, script, in, out, errs)
			case pty:
				return sh.Session(ctx, h, in, out)
			case !raw:
				return sh.Session(ctx, h, in, &crlf{to: out})
			}
			return h.Exec(ctx, "sh", in, out, errs)
		})
	}
}

// serveShellV2 runs something with its streams in packets of shell v2.
func serveShellV2(ctx context.Context, c *channel, pty bool, run func(ctx context.Context, in io.Reader, out, errs io.Writer) int) {
	in, feed := io.Pipe()
	defer in.CloseWithError(io.ErrClosedPipe)
	c.readers.Go(func() {
		readPackets(c.in, feed)
		feed.Close()
		c.cancel()
	})
	lock := new(sync.Mutex)
	var out io.Writer = &packetWriter{lock, c.out, wire.PacketStdout}
	var errs io.Writer = &packetWriter{lock, c.out, wire.PacketStderr}
	if pty {
		out = &crlf{to: out}
		errs = out
	}
	exit := run(ctx, in, out, errs)
	if ctx.Err() == nil {
		c.out.Write([]byte{wire.PacketExit, 1, 0, 0, 0, byte(exit)})
	}
}

// readPackets feeds a command what comes in stdin packets, however they are
// split, until the stream ends. Packets of other kinds, the size of the window
// among them, are skipped.
func readPackets(r io.Reader, feed *io.PipeWriter) {
	var head [5]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return
		}
		to := io.Discard
		switch head[0] {
		case wire.PacketStdin:
			to = untilBroken{feed}
		case wire.PacketCloseStdin:
			feed.Close()
		}
		if _, err := io.CopyN(to, r, int64(binary.LittleEndian.Uint32(head[1:]))); err != nil {
			return
		}
	}
}

// packetWriter wraps output into packets.
type packetWriter struct {
	lock *sync.Mutex
	to   io.Writer
	id   byte
}

func (w *packetWriter) Write(p []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	written := 0
	for written < len(p) {
		piece := p[written:min(len(p), written+wire.LongestPacket)]
		packet := binary.LittleEndian.AppendUint32([]byte{w.id}, uint32(len(piece)))
		if _, err := w.to.Write(append(packet, piece...)); err != nil {
			return written, err
		}
		written += len(piece)
	}
	return written, nil
}
