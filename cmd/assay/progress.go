package main

import (
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"assay/harness/lab"
)

// progress shows an operator what each handset is at: a live line each on a
// terminal, plain log lines elsewhere.
type progress struct {
	log   *slog.Logger
	watch func(lab.Event)
	close func()
}

func (a *app) progress() progress {
	f, ok := a.raw.err.(*os.File)
	if a.set.GetBool("quiet") || !ok || !term.IsTerminal(int(f.Fd())) {
		return progress{log: a.log, close: func() {}}
	}
	live := &liveLines{bars: map[string]*liveLine{}, pool: poolOf(f)}
	// Log lines go above the bars, through the pool that draws them.
	log := slog.New(slog.NewTextHandler(newScreen(live.pool), &slog.HandlerOptions{Level: slog.LevelWarn}))
	return progress{log: log, watch: live.see, close: live.close}
}

func poolOf(to io.Writer) *mpb.Progress { return mpb.New(mpb.WithOutput(to), mpb.WithWidth(20)) }

type liveLines struct {
	mu   sync.Mutex
	pool *mpb.Progress
	bars map[string]*liveLine
}

type liveLine struct {
	bar  *mpb.Bar
	mu   sync.Mutex
	text string
}

func (l *liveLine) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text
}

func (l *liveLines) see(e lab.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := l.bars[e.Key]
	if line == nil {
		line = &liveLine{}
		line.bar = l.pool.AddBar(int64(e.Owed),
			mpb.PrependDecorators(decor.Name(safe(e.Handset), decor.WCSyncSpaceR), decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return line.said() })),
		)
		l.bars[e.Key] = line
	}
	line.mu.Lock()
	line.text = safe(e.Text)
	line.mu.Unlock()
	line.bar.SetCurrent(int64(e.Done))
	if e.Over && e.Done < e.Owed {
		line.bar.Abort(false)
	}
}

func (l *liveLines) close() {
	l.mu.Lock()
	for _, line := range l.bars {
		if !line.bar.Completed() {
			line.bar.Abort(false)
		}
	}
	l.mu.Unlock()
	l.pool.Wait()
}
