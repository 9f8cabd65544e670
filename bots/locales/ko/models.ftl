engine-cannot-create = 여기 있는 모델로는 글만 보고 새 그림을 그릴 수 없어요. 이 봇을 운영하는 사람에게 그릴 수 있는 모델을 추가해 달라고 해 주세요.
engine-cannot-edit = 여기 있는 모델로는 그림을 고치거나 참고해서 그릴 수 없어요. 원하는 그림 전체를 설명해 주시면 새로 그릴게요.
engine-too-many-references = 이 모델은 그림을 최대 { $most }장까지 참고해요. { $given }장을 주셔서 뒤의 것은 뺐어요.
