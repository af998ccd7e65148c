// Walks through the explorer with a real browser. All share one browser and one server: to start them costs more than to
// walk. Each file can be run alone as well.
import './walks/serving.ts';
import './walks/list.ts';
import './walks/frame.ts';
import './walks/form.ts';
import './walks/picture.ts';
import './walks/calls.ts';
import './walks/models.ts';
import './walks/client.ts';
