# What a file format could not keep.
transparency-lost = { $format } 파일은 투명할 수 없어서 배경이 흰색이 되었어요. PNG와 WebP는 투명 배경을 그대로 유지해요.
