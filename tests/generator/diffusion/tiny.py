import sys

sys.path.insert(0, "proto")
import torch, tiny_pipelines as T
from generator.models.card import *


def tiny(name, factory):
    pipe = T.FAMILIES[name]()
    torch.manual_seed(1)
    with torch.no_grad():
        for p in pipe.transformer.parameters():
            p.copy_(torch.randn_like(p) * 0.08)
    folder = factory.mktemp(name)
    pipe.save_pretrained(folder)
    return folder


def card(name, **more):
    return ModelCard(
        **{
            **dict(
                id="tiny/" + name,
                family=FamilyName(name),
                license=License(name="none", commercial="yes"),
                abilities=Abilities(edit=True, references=4),
                steps=4,
                guidance=1.0,
                text_tokens=64,
            ),
            **more,
        }
    )
