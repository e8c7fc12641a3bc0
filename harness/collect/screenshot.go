package collect

import (
	"bytes"
	"time"

	"assay/harness/evidence"
)

// screenshot keeps a picture of a dialog that stands in front. Screens hold what
// their owner wrote and received: whoever hands a bundle on hands that on. A screen
// of 1440 by 3200 pixels of noise takes 14 MB.
var screenshot = Collector{
	Name:   evidence.Screenshot,
	When:   Dialog,
	Total:  30 * time.Second,
	Limit:  32 << 20,
	Binary: true,
	Forms:  []Form{{Argv: []string{"screencap", "-p"}}},
	Whole:  wholePNG,
}

// wholePNG looks for the signature and the chunk that ends every picture
// (Portable Network Graphics, 5.2 and 11.2.5).
func wholePNG(head, tail []byte) string {
	switch {
	case !bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "no PNG signature: " + firstLine(head)
	case !bytes.HasSuffix(tail, []byte("\x00\x00\x00\x00IEND\xaeB`\x82")):
		return "the picture's last chunk is missing"
	}
	return ""
}
