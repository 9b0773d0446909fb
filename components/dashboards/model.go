package dashboards

// dashboard is Grafana's model, as far as it is used here.
type dashboard struct {
	Title         string     `json:"title"`
	UID           string     `json:"uid"`
	Tags          []string   `json:"tags"`
	Editable      bool       `json:"editable"`
	Refresh       string     `json:"refresh"`
	SchemaVersion int        `json:"schemaVersion"`
	Time          span       `json:"time"`
	Templating    templating `json:"templating"`
	Panels        []panel    `json:"panels"`
}

type span struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type templating struct {
	List []variable `json:"list"`
}

type variable struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Type  string `json:"type"`
	Query string `json:"query"`
	Hide  int    `json:"hide"`
}

type panel struct {
	ID          int          `json:"id"`
	Title       string       `json:"title"`
	Type        string       `json:"type"`
	GridPos     position     `json:"gridPos"`
	Datasource  *datasource  `json:"datasource,omitempty"`
	FieldConfig *fieldConfig `json:"fieldConfig,omitempty"`
	Targets     []target     `json:"targets,omitempty"`
	Collapsed   bool         `json:"collapsed"`
}

type position struct {
	X      int `json:"x"`
	Y      int `json:"y"`
	Width  int `json:"w"`
	Height int `json:"h"`
}

type datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type fieldConfig struct {
	Defaults  fieldDefaults `json:"defaults"`
	Overrides []string      `json:"overrides"`
}

type fieldDefaults struct {
	Unit string `json:"unit"`
	Min  int    `json:"min"`
}

type target struct {
	RefID        string     `json:"refId"`
	Expr         string     `json:"expr"`
	LegendFormat string     `json:"legendFormat"`
	Datasource   datasource `json:"datasource"`
}

// row is a headline and the graphs below it.
type row struct {
	title  string
	graphs []graph
}

// graph is one panel with the series of one or several queries.
type graph struct {
	title, unit string
	queries     []query
}

type query struct {
	expr, legend string
}

// The grid of Grafana is 24 wide. Three graphs are side by side.
const (
	gridWidth   = 24
	graphWidth  = 8
	graphHeight = 7
)

// add appends a row below the others.
func (d *dashboard) add(r row) {
	top := 0
	for _, other := range d.Panels {
		top = max(top, other.GridPos.Y+other.GridPos.Height)
	}
	d.Panels = append(d.Panels, panel{ID: len(d.Panels) + 1, Title: r.title, Type: "row", GridPos: position{Y: top, Width: gridWidth, Height: 1}})
	const perLine = gridWidth / graphWidth
	for i, g := range r.graphs {
		place := position{X: i % perLine * graphWidth, Y: top + 1 + i/perLine*graphHeight, Width: graphWidth, Height: graphHeight}
		d.Panels = append(d.Panels, g.panel(len(d.Panels)+1, place))
	}
}

func (g graph) panel(id int, place position) panel {
	source := datasource{Type: "prometheus", UID: "${datasource}"}
	p := panel{
		ID: id, Title: g.title, Type: "timeseries", GridPos: place, Datasource: &source,
		FieldConfig: &fieldConfig{Defaults: fieldDefaults{Unit: g.unit}, Overrides: []string{}},
	}
	for i, q := range g.queries {
		p.Targets = append(p.Targets, target{RefID: string(rune('A' + i)), Expr: q.expr, LegendFormat: q.legend, Datasource: source})
	}
	return p
}
