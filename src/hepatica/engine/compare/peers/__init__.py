"""Other solvers on the same model and patients: one small module an engine, each run in a process of its own."""

from __future__ import annotations

from hepatica.engine.compare.peers.task import Peer as Peer
from hepatica.engine.compare.peers.task import Solve as Solve
from hepatica.engine.compare.peers.task import Solved as Solved
from hepatica.engine.compare.peers.task import Task as Task
from hepatica.engine.compare.peers.task import supported as supported

HERE = __name__
OURS = tuple(
    Peer("hepatica", "Rodas5P, compiled", precision, f"{HERE}.ours", batch=16_384, own_threads=True)
    for precision in ("f32", "f64")
)
ON_GPU = tuple(
    Peer(
        "hepatica", "Rodas5P, CUDA", precision, f"{HERE}.ours", ("cupy",), batch=262_144, device="gpu", own_threads=True
    )
    for precision in ("f32", "f64")
)
PEERS = (
    Peer("scipy", "LSODA, Python right-hand side", "f64", f"{HERE}.scipy", batch=1),
    Peer("libroadrunner", "CVODE, compiled SBML", "f64", f"{HERE}.roadrunner", ("roadrunner", "libsbml")),
    Peer("copasi", "LSODA, SBML", "f64", f"{HERE}.copasi", ("COPASI", "libsbml")),
    Peer("diffrax", "Kvaerno5, vmap", "f64", f"{HERE}.diffrax", ("diffrax", "jax"), batch=128),
    Peer("pydiffsol", "BDF, sparse LU, LLVM", "f64", f"{HERE}.diffsol", ("pydiffsol",)),
)
