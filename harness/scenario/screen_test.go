package scenario

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseScreenReadsEveryView(t *testing.T) {
	nodes, err := parseScreen(strings.NewReader(screen("com.x:id/ok|Fine &amp; good|com.x", "android:id/content||com.x")))
	require.NoError(t, err)
	require.Len(t, nodes, 3)
	ok := nodes[1]
	assert.Equal(t, "com.x:id/ok", ok.ID)
	assert.Equal(t, "ok", ok.name())
	assert.Equal(t, "Fine & good", ok.Text)
	assert.Equal(t, "com.x", ok.Package)
	assert.True(t, ok.Enabled)
	x, y := ok.center()
	assert.Equal(t, [2]int{100, 25}, [2]int{x, y})
}

func TestParseScreenRefusesWhatIsNotAWholeScreen(t *testing.T) {
	whole := screen("com.x:id/ok||com.x")
	for name, raw := range map[string]string{
		"nothing":      "",
		"an error":     "ERROR: could not get idle state.",
		"cut off":      whole[:len(whole)-20],
		"another root": "<html><node/></html>",
		"too deep":     "<hierarchy>" + strings.Repeat("<node>", maxDepth) + strings.Repeat("</node>", maxDepth) + "</hierarchy>",
		"too many":     "<hierarchy>" + strings.Repeat("<node/>", maxNodes+1) + "</hierarchy>",
		"too large":    "<hierarchy>" + strings.Repeat(" ", maxScreen) + "</hierarchy>",
		"an entity":    "<hierarchy><node text='&boom;'/></hierarchy>",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseScreen(strings.NewReader(raw))
			assert.Error(t, err)
		})
	}
}

func TestANodeWithoutReadableBoundsCannotBeTapped(t *testing.T) {
	for _, bounds := range []string{"", "[0,0]", "[0,0][0,0]", "[5,5][1,1]", "[a,b][c,d]", "[1,2][3,99999999999]", "[-9,-9][0,0]"} {
		b, _ := parseBounds(bounds)
		assert.False(t, node{bounds: b}.tappable(), "%q", bounds)
	}
	b, ok := parseBounds("[-10,20][30,40]")
	require.True(t, ok)
	assert.True(t, node{bounds: b}.tappable())
}

func TestLookDeletesTheDumpOfBefore(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{}}
	f.shows(screen("com.x:id/ok||com.x"))
	_, err := dumpViews(context.Background(), f)
	require.NoError(t, err)
	assert.Equal(t, []string{"rm -f " + dumped, "uiautomator dump " + dumped, "cat " + dumped, "rm -f " + dumped}, f.ran)
}

func TestLookTellsAScreenThatNeverStandsStillFromALostHandset(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{
		"rm -f " + dumped:            {""},
		"uiautomator dump " + dumped: {"ERROR: could not get idle state.\n"},
		"cat " + dumped:              {"exit 1\n"},
	}}
	_, err := dumpViews(context.Background(), f)
	require.ErrorIs(t, err, errNoScreen)
	assert.ErrorContains(t, err, "could not get idle state")

	f.cut = errors.New("transport lost")
	_, err = dumpViews(context.Background(), f)
	assert.NotErrorIs(t, err, errNoScreen)
	assert.ErrorIs(t, err, f.cut)
}

func TestParseScreenReadsRealDumps(t *testing.T) {
	corpus := filepath.Join("..", "..", "..", "shared", "corpus")
	files, err := filepath.Glob(filepath.Join(corpus, "*", "*", "*", "uiautomator_dump*.xml"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("no corpus of real print-outs beside the repository")
	}
	for _, file := range files {
		f, err := os.Open(file)
		require.NoError(t, err)
		nodes, err := parseScreen(f)
		require.NoError(t, f.Close())
		require.NoError(t, err, file)
		assert.Greater(t, len(nodes), 5, file)
	}
}

func FuzzParseScreen(f *testing.F) {
	f.Add(screen("com.x:id/ok|Fine|com.x"))
	f.Add(permissionScreen("com.android.permissioncontroller", "Allow?", "permission_deny_button"))
	f.Add("<hierarchy><node bounds='[0,0][1,1]'/></hierarchy>")
	f.Add("<hierarchy><hierarchy></hierarchy>")
	f.Fuzz(func(t *testing.T, raw string) {
		once, err := parseScreen(strings.NewReader(raw))
		again, errAgain := parseScreen(strings.NewReader(raw))
		assert.Equal(t, err == nil, errAgain == nil)
		assert.Equal(t, once, again)
		if err != nil {
			return
		}
		assert.LessOrEqual(t, len(once), maxNodes)
		dialogOn(once)
	})
}
