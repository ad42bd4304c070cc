"""How well rankings and cut-offs do on judged sets made from ../shared/data: python -m benchmarks.ranking"""
