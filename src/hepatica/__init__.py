"""hepatica: stem-cell therapy for liver disorders, staged, simulated, compared and planned."""

__version__ = "0.1.0"
