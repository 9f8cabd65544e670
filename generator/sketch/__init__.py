"""The embedded vector engine: scene, layout, SVG, resvg, PNG. No GPU, no weights, no network."""
